import * as vscode from "vscode";
import { type FileVerdict, judgeFile } from "./completion-gate.ts";
import { isSendable } from "./editor-documents.ts";
import { judgeDocument } from "./judge-document.ts";
import { createSignal, type Signal } from "./signal.ts";
import type { WorkspaceIgnore } from "./workspace-ignore.ts";

/**
 * Which open documents may be sent, remembered for each: the ignore files and the links behind a name are on the disk, and
 * a letter that was typed cannot wait for that.
 */
export interface FileVerdicts {
  /** What is known without waiting. */
  known(document: vscode.TextDocument): FileVerdict;
  /**
   * Finds out, unless that is known or under way; `unknown` only when what was looked at changed meanwhile and nobody has
   * asked since. Never rejects.
   */
  judge(document: vscode.TextDocument): Promise<FileVerdict>;
  /** When a document became known, or was forgotten: it was saved or read again, or an ignore file changed. */
  readonly onChange: Signal<void>["on"];
  dispose(): void;
}

/** Documents that are remembered; beyond that the memory starts anew, which costs a look at each. */
const MAX_REMEMBERED = 200;

/** What could not be told is asked again after so long: whatever kept it from being read may have passed. */
const DOUBT_MS = 5_000;

const unknown: FileVerdict = { state: "unknown" };

/** `ignore` is made on the first question: before that no file is watched. */
export function createFileVerdicts(deps: {
  ignore(): Pick<WorkspaceIgnore, "ignores" | "onChange">;
  now(): number;
}): FileVerdicts {
  const changed = createSignal<void>();
  let verdicts = new Map<vscode.TextDocument, { verdict: FileVerdict; untilMs: number }>();
  let underWay = new Map<vscode.TextDocument, Promise<FileVerdict>>();
  let ignores: Pick<WorkspaceIgnore, "ignores" | "onChange"> | null = null;
  const forgetAll = (): void => {
    verdicts = new Map();
    underWay = new Map();
    changed.fire();
  };
  const forget = (document: vscode.TextDocument): void => {
    verdicts.delete(document);
    underWay.delete(document);
  };
  /** What lies under its name on the disk may be another file than before. */
  const doubt = (document: vscode.TextDocument): void => {
    if (!verdicts.has(document) && !underWay.has(document)) return;
    forget(document);
    changed.fire();
  };
  const listeners: { dispose(): unknown }[] = [
    vscode.workspace.onDidCloseTextDocument(forget),
    vscode.workspace.onDidSaveTextDocument(doubt),
    vscode.workspace.onDidChangeTextDocument(({ document }) => {
      // Whoever types makes it dirty; a text that is not came from the disk. Of a cell it is the notebook that is dirty.
      if (!document.isDirty && document.uri.scheme !== "vscode-notebook-cell") doubt(document);
    }),
    vscode.workspace.onDidSaveNotebookDocument((notebook) => {
      for (const cell of notebook.getCells()) doubt(cell.document);
    }),
  ];

  const rules = (): Pick<WorkspaceIgnore, "ignores" | "onChange"> => {
    if (ignores === null) {
      ignores = deps.ignore();
      listeners.push(ignores.onChange(forgetAll));
    }
    return ignores;
  };

  const known = (document: vscode.TextDocument): FileVerdict => {
    const kept = verdicts.get(document);
    return kept !== undefined && deps.now() < kept.untilMs ? kept.verdict : unknown;
  };

  const look = async (document: vscode.TextDocument): Promise<{ verdict: FileVerdict; untilMs: number }> => {
    const forEver = Number.POSITIVE_INFINITY;
    if (!isSendable(document)) return { verdict: { state: "no", why: "not a file" }, untilMs: forEver };
    try {
      const judgement = await judgeDocument(document.uri, rules().ignores);
      const isDoubt = judgement.fullPaths === null || judgement.ignored === "unknown";
      return { verdict: judgeFile(judgement), untilMs: isDoubt ? deps.now() + DOUBT_MS : forEver };
    } catch {
      // What cannot be judged is kept in, like what an unreadable ignore file may name.
      return { verdict: judgeFile({ fullPaths: [], ignored: "unknown" }), untilMs: deps.now() + DOUBT_MS };
    }
  };

  return {
    known,
    judge(document) {
      const already = known(document);
      if (already.state !== "unknown") return Promise.resolve(already);
      const waiting = underWay.get(document);
      if (waiting !== undefined) return waiting;
      const found = look(document).then((result) => {
        // The rules changed meanwhile, or the document was saved or closed: what was found holds no more.
        if (underWay.get(document) !== found) return underWay.get(document) ?? known(document);
        underWay.delete(document);
        if (verdicts.size >= MAX_REMEMBERED) verdicts = new Map();
        verdicts.set(document, result);
        changed.fire();
        return result.verdict;
      });
      underWay.set(document, found);
      return found;
    },
    onChange: changed.on,
    dispose() {
      for (const listener of listeners) listener.dispose();
    },
  };
}
