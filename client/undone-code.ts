import * as vscode from "vscode";

/** What the watch needs of a document. */
export interface WatchedDocument {
  uri: { toString(): string };
  getText(): string;
}

export interface UndoneCode extends vscode.Disposable {
  /** Code of an answer was put into this document just now. */
  watch(code: { turnId: string; sessionId: string }, document: WatchedDocument, text: string): void;
}

/** An undo later than this is about something else. */
const WATCH_MS = 60_000;
/** Undone and put in at another place, or redone, is not thrown away: so long that is waited for. */
const CHANGE_OF_MIND_MS = 10_000;
/** Insertions of one minute; more are not watched. */
const MOST_WATCHED = 20;
/** An undo takes back what was inserted where it removes most of that at once; a letter typed into it is another undo. */
const MOST_OF_IT = 0.9;

interface Watch {
  turnId: string;
  sessionId: string;
  uri: string;
  text: string;
  /** How often the text stood in the document once it was inserted. */
  times: number;
  untilMs: number;
  /** Calls off telling of its undo; null: it was not undone. */
  takeBack: (() => void) | null;
}

/**
 * Tells of insertions of answers' code that are undone soon after: the clearest sign that they were not what was wanted.
 * Of the document it looks at whether the text is gone, and keeps nothing of it for longer than the minute.
 */
export function createUndoneCode(deps: {
  tell(code: { turnId: string; sessionId: string }): void;
  /** Runs `run` once after `delayMs`; the function given back calls it off. */
  later(delayMs: number, run: () => void): () => void;
  /** Milliseconds since 1970. */
  now(): number;
}): UndoneCode {
  let watches: Watch[] = [];

  const undone = (watch: Watch): void => {
    watch.takeBack = deps.later(CHANGE_OF_MIND_MS, () => {
      watches = watches.filter((each) => each !== watch);
      deps.tell({ turnId: watch.turnId, sessionId: watch.sessionId });
    });
  };
  const listening = vscode.workspace.onDidChangeTextDocument(({ document, reason, contentChanges }) => {
    if (watches.length === 0) return;
    watches = watches.filter(({ untilMs, takeBack }) => takeBack !== null || untilMs > deps.now());
    const uri = document.uri.toString();
    for (const watch of watches.filter((each) => each.uri === uri)) {
      if (reason === vscode.TextDocumentChangeReason.Redo) {
        watch.takeBack?.();
        watch.takeBack = null;
      }
      if (reason !== vscode.TextDocumentChangeReason.Undo || watch.takeBack !== null) continue;
      const removed = contentChanges.reduce((sum, { rangeLength, text }) => sum + rangeLength - text.length, 0);
      // The text that the insertion took the place of comes back, so that less may be gone than was inserted.
      const isWhole = contentChanges.some(({ rangeLength }) => rangeLength >= watch.text.length * MOST_OF_IT);
      if ((isWhole || removed >= watch.text.length * MOST_OF_IT) && timesIn(document, watch.text) < watch.times) {
        undone(watch);
      }
    }
  });

  return {
    watch({ turnId, sessionId }, document, text) {
      const plain = lines(text).trim();
      if (plain === "") return;
      const again = watches.filter((each) => each.turnId === turnId && each.takeBack !== null);
      for (const each of again) each.takeBack?.();
      watches = [
        ...watches.filter((each) => !again.includes(each)),
        {
          ...{ turnId, sessionId, text: plain, takeBack: null },
          uri: document.uri.toString(),
          times: timesIn(document, plain),
          untilMs: deps.now() + WATCH_MS,
        },
      ].slice(-MOST_WATCHED);
    },
    dispose() {
      for (const { takeBack } of watches) takeBack?.();
      watches = [];
      listening.dispose();
    },
  };
}

function timesIn(document: WatchedDocument, text: string): number {
  return lines(document.getText()).split(text).length - 1;
}

/** Documents may end their lines otherwise than answers do. */
function lines(text: string): string {
  return text.replaceAll("\r\n", "\n");
}
