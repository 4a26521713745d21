import { beforeEach, describe, expect, it, vi } from "vitest";
import { watchInsertion } from "../../client/watch-insertion.ts";
import { delays } from "./delays.ts";
import { DiagnosticSeverity, documentOf, editor, events, Position, Range, reset } from "./fake-vscode.ts";

vi.mock("vscode", () => import("./fake-vscode.ts"));

beforeEach(reset);

const uri = "file:///w/a.ts";
const first = "let a = 1;\n";
const code = "let b = c;\n";

/** A document into which `code` is about to be inserted before its only line. */
function scene({ errors = [] as string[] } = {}) {
  const document = documentOf(uri, first);
  const told: (number | "undone")[] = [];
  const waiting = delays();
  const say = (found: string[]) => {
    const list = found.map((each) => {
      const [message = "", line] = each.split("@");
      const at = new Position(Number(line), 4);
      return { severity: DiagnosticSeverity.Error, message, range: new Range(at, at) };
    });
    editor.diagnostics.set(uri, list);
    events.diagnostics.fire({ uris: [document.uri] });
  };
  const becomes = (text: string, inserted: string) => {
    Object.assign(document, documentOf(uri, text));
    const at = new Position(0, 0);
    const change = { document, contentChanges: [{ range: new Range(at, at), rangeLength: 0, text: inserted }] };
    events.text.fire(change);
  };
  say(errors);
  const watch = watchInsertion(document as never, {
    later: waiting.later,
    onErrors: (added) => told.push(added),
    onUndone: () => told.push("undone"),
  });
  return {
    document,
    told,
    say,
    becomes,
    watch,
    pass: waiting.pass,
    insert() {
      becomes(code + first, code);
      watch.inserted();
    },
  };
}

describe("a document into which code is inserted", () => {
  it("tells how many errors are new, once its checkers are quiet", () => {
    const { told, say, pass, insert } = scene({ errors: ["no x@0"] });
    insert();
    say(["no c@0", "no x@1"]);
    pass(500);
    say(["no c@0", "no c again@0", "no x@1"]);
    pass(500);
    expect(told).toEqual([]);
    pass(100);
    expect(told).toEqual([2]);
    say(["no c@0", "no c again@0", "no x@1", "late@0"]);
    pass(10_000);
    expect(told).toEqual([2]);
  });

  it("tells that there is none only at the end, for the syntax is checked first", () => {
    const { told, say, pass, insert } = scene();
    insert();
    say([]);
    pass(3_000);
    expect(told).toEqual([]);
    say(["no c@0"]);
    pass(600);
    expect(told).toEqual([1]);
    const quiet = scene();
    quiet.insert();
    quiet.say([]);
    quiet.pass(4_000);
    expect(quiet.told).toEqual([0]);
  });

  it("tells nothing where nobody checks it, or what was said is of the text before", () => {
    const { told, say, pass, insert } = scene();
    say(["no x@0"]);
    insert();
    pass(4_000);
    expect(told).toEqual([]);
  });

  it("counts what was said before the edit had come back", () => {
    const { told, say, pass, becomes, watch } = scene();
    becomes(code + first, code);
    say(["no c@0"]);
    watch.inserted();
    pass(600);
    expect(told).toEqual([1]);
  });

  it("tells at the next edit what is known by then, and nothing of what comes of that edit", () => {
    const { told, say, pass, insert, becomes } = scene();
    insert();
    say(["no c@0"]);
    becomes(`wh${code}${first}`, "wh");
    say(["no c@0", "no wh@0"]);
    pass(10_000);
    expect(told).toEqual([1]);
  });

  it("goes on looking when a formatter goes over it as it is saved", () => {
    const { told, say, pass, insert, becomes, document } = scene({ errors: ["no x@0"] });
    insert();
    events.willSave.fire({ document });
    becomes(`// nice\n${code}${first}`, "// nice\n");
    events.saved.fire(document);
    say(["no c@1", "no x@2"]);
    pass(600);
    expect(told).toEqual([1]);
  });

  it("tells that it was undone, before and after its errors were told, and then nothing more", () => {
    const early = scene();
    early.insert();
    early.say(["no c@0"]);
    early.becomes(first, "");
    early.pass(10_000);
    expect(early.told).toEqual(["undone"]);

    const late = scene();
    late.insert();
    late.say(["no c@0"]);
    late.pass(600);
    late.becomes(`\n${code}${first}`, "\n");
    late.becomes(first, "");
    late.becomes(code + first, code);
    late.becomes(first, "");
    expect(late.told).toEqual([1, "undone"]);
  });

  it("tells nothing once it is not watched any more, or closed", () => {
    const { told, say, pass, insert, watch } = scene();
    insert();
    say(["no c@0"]);
    watch.dispose();
    pass(10_000);
    expect(told).toEqual([]);
  });
});
