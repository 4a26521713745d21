import * as vscode from "vscode";
import type { ComposerContext } from "./composer-context.ts";
import { openSetting } from "./configuration.ts";
import type { InsertEvidences } from "./insert-evidence.ts";
import type { FromPage, TakenCode } from "./webview/messages.ts";

type Act = Extract<FromPage, { type: "copy" | "insert" | "openLink" | "openChip" | "command" }>;

/**
 * What a click in the chat does to the editor: copies or inserts code, opens a file or a link, runs one of a few commands.
 * The text in the page came from a model, so a link opens only where https and mailto lead.
 */
export async function actOnEditor(
  act: Act,
  {
    context,
    accepted,
    inserted,
    evidence,
    focus,
    retry,
  }: {
    context: Pick<ComposerContext, "find">;
    /** Code of an answer was taken over. */
    accepted(code: TakenCode, text: string, how: "insert" | "copy"): void;
    /** It was put into this document. */
    inserted?(code: TakenCode, document: vscode.TextDocument, text: string): void;
    /** What is seen of it, from before to after. */
    evidence: Pick<InsertEvidences, "begin">;
    /** Puts the cursor back into the question. */
    focus(): Promise<void>;
    retry(turnId: string, mode: string): Promise<void>;
  },
): Promise<void> {
  switch (act.type) {
    case "copy":
      await vscode.env.clipboard.writeText(act.text);
      if (act.code !== undefined) accepted(act.code, act.text, "copy");
      return;
    case "insert": {
      const document = await insert(act, evidence);
      if (document === null || act.code === undefined) return;
      inserted?.(act.code, document, act.text);
      accepted(act.code, act.text, "insert");
      return;
    }
    case "openLink":
      return openLink(act.url);
    case "openChip":
      return openChip(act, context);
    case "command":
      if (act.command === "openSetting") return openSetting(act.setting);
      if (act.command === "raiseCap") {
        const lacking = act.lackingNano === undefined ? [] : [act.lackingNano];
        const isRaised = await vscode.commands.executeCommand<boolean>("wayfare.raiseCap", act.capId, ...lacking);
        // The list of sums gives the focus to the editor, where the next question would be written into code.
        await focus();
        if (isRaised === true && act.again !== undefined) await retry(act.again.turnId, act.again.mode);
        return;
      }
      await vscode.commands.executeCommand(`wayfare.${act.command}`);
  }
}

/** Gives where it was inserted; null: nowhere. */
async function insert(
  { text, code }: Extract<FromPage, { type: "insert" }>,
  evidence: Pick<InsertEvidences, "begin">,
): Promise<vscode.TextDocument | null> {
  const editor = vscode.window.activeTextEditor;
  if (editor === undefined) {
    void vscode.window.showInformationMessage("Open a file and put the cursor where the code belongs; then insert it.");
    return null;
  }
  const seen = code === undefined ? null : evidence.begin(editor.document, code);
  const done = await editor.edit((edit) => edit.replace(editor.selection, text));
  if (done) seen?.inserted();
  else seen?.failed();
  if (!done) void vscode.window.showWarningMessage("The file in the editor cannot be changed; nothing was inserted.");
  else await vscode.window.showTextDocument(editor.document, editor.viewColumn);
  return done ? editor.document : null;
}

async function openLink(url: string): Promise<void> {
  if (!URL.canParse(url) || !["https:", "mailto:"].includes(new URL(url).protocol)) return;
  // The text as it is: a parsed and printed Uri would escape parts of the query anew.
  await vscode.env.openExternal(vscode.Uri.parse(url, true));
}

async function openChip(
  { path, line, outside }: Extract<FromPage, { type: "openChip" }>,
  context: Pick<ComposerContext, "find">,
): Promise<void> {
  const uri = await context.find({ path, outside });
  if (uri === null) {
    void vscode.window.showInformationMessage(`${path} is not to be found any more.`);
    return;
  }
  const at = new vscode.Position(Math.max(0, line - 1), 0);
  try {
    await vscode.window.showTextDocument(uri, {
      selection: new vscode.Range(at, at),
      viewColumn: vscode.ViewColumn.One,
    });
  } catch {
    void vscode.window.showInformationMessage(`${path} cannot be opened.`);
  }
}
