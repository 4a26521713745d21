import { beforeEach, describe, expect, it, vi } from "vitest";
import { createUndoneCode } from "../../client/undone-code.ts";
import { events, reset, TextDocumentChangeReason, Uri } from "./fake-vscode.ts";

vi.mock("vscode", () => import("./fake-vscode.ts"));

beforeEach(reset);

const code = "let a = 1;\nlet b = 2;\n";

/** A document in which an answer's code was just inserted for the words "// here". */
function scene(eol = "\n") {
  const told: unknown[] = [];
  const delays: { ms: number; run: () => void }[] = [];
  let nowMs = 0;
  const lines = (text: string) => text.replaceAll("\n", eol);
  let text = lines(`fn main() {\n${code}}\n`);
  const document = { uri: Uri.file("/shop/a.rs"), getText: () => text };
  const watch = createUndoneCode({
    tell: (each) => told.push(each),
    later(ms, run) {
      const delay = { ms, run };
      delays.push(delay);
      return () => void delays.splice(delays.indexOf(delay) >>> 0, 1);
    },
    now: () => nowMs,
  });
  const insert = (turnId = "t") => watch.watch({ turnId, sessionId: "s" }, document, code);
  insert();
  /** The document becomes `next`, by taking `removed` characters out and putting `put` in. */
  const change = (next: string, removed: number, put: string, reason?: number, uri = document.uri) => {
    text = lines(next);
    events.text.fire({
      document: { ...document, uri },
      contentChanges: [{ rangeLength: removed, text: put }],
      ...(reason === undefined ? {} : { reason }),
    });
  };
  const { Undo, Redo } = TextDocumentChangeReason;
  return {
    told,
    delays,
    watch,
    insert,
    change,
    undo: (uri?: Uri) => change("fn main() {\n// here}\n", lines(code).length, "// here", Undo, uri),
    redo: () => change(`fn main() {\n${code}}\n`, 7, code, Redo),
    undoLetter: () => change("fn main() {\nlet a = ;\nlet b = 2;\n}\n", 1, "", Undo),
    pass(ms: number) {
      nowMs += ms;
    },
    settle() {
      for (const { run } of delays.splice(0)) run();
    },
  };
}
const undone = (turnId = "t") => ({ turnId, sessionId: "s" });

describe("code that is undone", () => {
  it.each(["\n", "\r\n"])("is told of a little after the undo, whatever ends the lines", (eol) => {
    const { undo, told, delays, settle } = scene(eol);
    undo();
    expect([told, delays.map(({ ms }) => ms)]).toEqual([[], [10_000]]);
    settle();
    expect(told).toEqual([undone()]);
    undo();
    settle();
    expect(told).toHaveLength(1);
  });

  it("is not told of when it is redone, or put in elsewhere", () => {
    const { undo, redo, told, settle, insert } = scene();
    undo();
    redo();
    settle();
    expect(told).toEqual([]);
    undo();
    insert();
    settle();
    expect(told).toEqual([]);
  });

  it("is not told of for an undo of what was typed after it, in another file, or by hand", () => {
    const { undo, undoLetter, change, told, settle } = scene();
    undoLetter();
    undo(Uri.file("/shop/b.rs"));
    change("fn main() {\n}\n", code.length, "");
    settle();
    expect(told).toEqual([]);
  });

  it("is not told of after a minute, nor when the window closes", () => {
    const late = scene();
    late.pass(60_001);
    late.undo();
    late.settle();
    expect(late.told).toEqual([]);
    const closed = scene();
    closed.undo();
    closed.watch.dispose();
    closed.settle();
    expect(closed.told).toEqual([]);
  });
});
