import * as vscode from "vscode";
import type { Completions } from "./completions.ts";

/** What was offered last: the text in place of what stands from `start`. */
interface Offer {
  id: string;
  uri: string;
  start: vscode.Position;
  text: string;
}

/**
 * Tells of ghost text of which a word or a line was taken. VS Code has no word for that yet, so it is seen in the
 * document: one change puts in the next characters of what was offered, more than one of them and with a letter among
 * them, and not all. What is typed comes letter by letter. Once for each offer; the last offer is all that is kept.
 */
export function createPartlyAccepted(tell: (completionId: string) => void): vscode.Disposable & {
  /** Stands between VS Code and `provide`, and changes nothing of what goes through. */
  watch(provide: Completions["provide"]): Completions["provide"];
} {
  let offer: Offer | null = null;
  let told = "";
  const listening = vscode.workspace.onDidChangeTextDocument(({ document, reason, contentChanges }) => {
    if (offer === null || offer.uri !== document.uri.toString() || offer.id === told) return;
    const [change] = contentChanges;
    const isOne = contentChanges.length === 1 && change !== undefined && reason === undefined;
    if (!isOne || !isPartOf(offer, change, document)) return;
    told = offer.id;
    tell(offer.id);
  });
  return {
    watch: (provide) => async (document, position, context, token, next) => {
      const result = await provide(document, position, context, token, next);
      const item = Array.isArray(result) ? result[0] : result?.items[0];
      const id: unknown = item?.command?.arguments?.[0];
      if (typeof id === "string" && typeof item?.insertText === "string") {
        const start = item.range?.start ?? position;
        offer = { id, uri: document.uri.toString(), start, text: item.insertText };
      }
      return result;
    },
    dispose: () => listening.dispose(),
  };
}

function isPartOf(
  { start, text }: Offer,
  change: vscode.TextDocumentContentChangeEvent,
  document: Pick<vscode.TextDocument, "getText">,
): boolean {
  if (change.text.length < 2 || !/[\p{L}\p{N}]/u.test(change.text)) return false;
  const { line, character } = change.range.start;
  if (line < start.line || (line === start.line && character < start.character)) return false;
  // What stood between the start of the offer and this change was typed before it, as it was offered.
  const typed = document.getText(new vscode.Range(start, change.range.start));
  const soFar = typed + change.text;
  return text.startsWith(soFar) && soFar.length < text.length;
}
