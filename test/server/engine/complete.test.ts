import { describe, expect, it } from "vitest";
import { completionStage } from "./completion-stage.ts";
import { finish, type Step, text } from "./scripted-provider.ts";

type Editor = ReturnType<ReturnType<typeof completionStage>["open"]>;

/** A model that writes after so long, and ends. */
const writes = (answer: string, afterMs = 200): Step[] => [{ type: "wait", ms: afterMs }, text(answer), finish];

describe("ghost text", () => {
  it("is asked for after a short pause with the text on both sides, and offered at the cursor", async () => {
    const { open, clock, vendor, ledger, ghost } = completionStage({ a: [writes("sum(values) / values.length;")] });
    const editor = open("const mean = █\nexport {};\n");
    const asked = editor.ask();
    await clock.advance(74);
    expect(vendor().holes).toHaveLength(0);
    await clock.advance(1);
    expect(vendor().holes).toMatchObject([
      { wire: "suffix", prefix: "const mean = ", suffix: "\nexport {};\n", stop: ["\n"] },
    ]);
    expect(asked.item()).toBe("waiting");
    expect(ghost.state()).toEqual({ working: 1, silent: null, uri: null });
    await clock.advance(200);
    expect(asked.picture()).toBe("const mean = ├sum(values) / values.length;┤\nexport {};\n");
    expect(ghost.state()).toEqual({ working: 0, silent: null, uri: null });
    expect(ledger.reserved).toMatchObject([{ kind: "completion", workspace: "w" }]);
    expect(ledger.settled).toMatchObject([{ outcome: "done" }]);
  });

  it("is asked for at once when the person asks, and sooner on a new line", async () => {
    const { open, clock, vendor } = completionStage({ a: [writes("return 1;")] });
    open("const x = █").ask({ isInvoked: true });
    await clock.advance(0);
    expect(vendor().holes).toHaveLength(1);
    open("function one() {\n  █\n}\n", { uri: "file:///w/b.ts" }).ask();
    await clock.advance(26);
    expect(vendor().holes).toHaveLength(2);
  });

  it("of fast typing asks for the last letter alone", async () => {
    const { open, clock, vendor } = completionStage({ a: [writes("le.log(x);")] });
    const editor = open("█\n");
    const asked = [];
    for (const letter of "conso") {
      asked.at(-1)?.cancel();
      asked.push(editor.type(letter));
      await clock.advance(40);
    }
    await clock.advance(500);
    expect(vendor().holes.map(({ prefix }) => prefix)).toEqual(["conso"]);
    expect(asked.map((each) => each.picture())).toEqual(["", "", "", "", "conso├le.log(x);┤\n"]);
  });

  it("is asked for though VS Code gives up within the pause, as it does on a busy machine", async () => {
    const { open, clock, vendor, ready } = completionStage({ a: [writes("sum(values);")] });
    const editor = open("const mean = █\n");
    const asked = editor.ask();
    await clock.advance(50);
    asked.cancel();
    await clock.advance(25);
    expect(vendor().holes).toHaveLength(1);
    await clock.advance(200);
    expect(asked.item()).toBe(null);
    expect(ready).toMatchObject([{ line: 0, character: 13 }]);
    const again = editor.ask();
    await clock.advance(0);
    expect(again.picture()).toBe("const mean = ├sum(values);┤\n");
    expect(vendor().holes).toHaveLength(1);
  });

  it.each([
    ["the cursor goes elsewhere", (editor: Editor) => editor.goes("const █mean = \n")],
    ["the editor is left", (editor: Editor) => editor.leaves()],
    ["Escape is pressed", (editor: Editor) => editor.dismisses()],
    ["the text changes", (editor: Editor) => editor.changes("const mean = x█\n")],
  ])("is not asked for when %s in the pause, before or after VS Code gives up", async (_, act) => {
    const { open, clock, vendor } = completionStage({ a: [writes("sum(values);")] });
    for (const isFirst of [true, false]) {
      const editor = open("const mean = █\n", { uri: `file:///w/${isFirst}.ts` });
      const asked = editor.ask();
      await clock.advance(50);
      if (isFirst) act(editor);
      asked.cancel();
      if (!isFirst) act(editor);
      await clock.advance(1_000);
      expect(asked.item()).toBe(null);
    }
    expect(vendor().holes).toEqual([]);
  });

  it("is closed upstream as soon as enough has come, and metered", async () => {
    const { open, clock, vendor, ledger } = completionStage({
      a: [[text("one();\n"), text("two();\n"), { type: "hang" }]],
    });
    const asked = open("const x = █\n").ask({ isInvoked: true });
    await clock.advance(0);
    expect(asked.picture()).toBe("const x = ├one();┤\n");
    await clock.advance(0);
    expect(vendor().closed()).toBe(1);
    expect(ledger.settled).toMatchObject([{ outcome: "done", costSource: "estimated" }]);
  });

  it("does not wait for the books", async () => {
    const stage = completionStage({ a: [writes("1;", 0)] });
    stage.ledger.settle = () => new Promise(() => undefined);
    const asked = stage.open("const x = █\n").ask({ isInvoked: true });
    await stage.clock.advance(0);
    expect(asked.picture()).toBe("const x = ├1;┤\n");
  });
});

describe("what was offered", () => {
  const offered = async () => {
    const stage = completionStage({ a: [writes("sum(values) / 2;"), writes("something else;")] });
    const editor = stage.open("const mean = █\n");
    editor.ask({ isInvoked: true });
    await stage.clock.advance(200);
    return { ...stage, editor };
  };

  it("stays while it is typed along and deleted again, and nothing is asked", async () => {
    const { editor, vendor, clock } = await offered();
    const pictures = [];
    for (const letter of "sum(va") {
      const asked = editor.type(letter);
      await clock.advance(0);
      pictures.push(asked.picture());
    }
    expect(pictures.at(-1)).toBe("const mean = sum(va├lues) / 2;┤\n");
    for (let times = 0; times < 4; times += 1) {
      const asked = editor.backspace();
      await clock.advance(0);
      pictures.push(asked.picture());
    }
    expect(pictures.at(-1)).toBe("const mean = su├m(values) / 2;┤\n");
    expect(pictures).not.toContain("");
    await clock.advance(5_000);
    expect(vendor().holes).toHaveLength(1);
  });

  it("takes the place of a bracket that the editor closed by itself", async () => {
    const { editor, clock } = await offered();
    editor.becomes("const mean = sum(█)\n");
    const asked = editor.ask();
    await clock.advance(0);
    expect(asked.picture()).toBe("const mean = sum(├values) / 2;┤\n");
  });

  it.each(["\n", "\r\n"])("stays when the editor breaks the line between brackets that it closed", async (eol) => {
    const { open, clock, vendor } = completionStage({ a: [writes("if (a) {\n  go();\n}", 10), writes("other();")] });
    const editor = open(`function f() {\n  █\n}\n`.replaceAll("\n", eol));
    editor.ask({ isInvoked: true });
    await clock.advance(20);
    const pictures = [];
    for (const next of ["function f() {\n  if (a) {█}\n}\n", "function f() {\n  if (a) {\n    █\n  }\n}\n"]) {
      editor.becomes(next.replaceAll("\n", eol));
      const asked = editor.ask();
      await clock.advance(0);
      pictures.push(asked.picture().replaceAll(eol, "\n"));
    }
    expect(pictures).toEqual([
      "function f() {\n  if (a) {├\n    go();\n  ┤}\n}\n",
      "function f() {\n  if (a) {\n    ├go();┤\n  }\n}\n",
    ]);
    expect(vendor().holes).toHaveLength(1);
  });

  it("is not offered where something else was typed", async () => {
    const { editor, vendor, clock } = await offered();
    const asked = editor.type("m");
    await clock.advance(0);
    expect(asked.item()).toBe("waiting");
    await clock.advance(500);
    expect(asked.picture()).toBe("const mean = m├something else;┤\n");
    expect(vendor().holes).toHaveLength(2);
  });

  it("is not offered when the text behind the cursor changed meanwhile", async () => {
    const { editor, vendor, clock } = await offered();
    editor.becomes("const mean = █\nother();\n");
    const asked = editor.ask();
    await clock.advance(0);
    expect(asked.item()).toBe("waiting");
    await clock.advance(75);
    expect(vendor().holes).toHaveLength(2);
  });

  it("is forgotten when the document is closed", async () => {
    const { editor, clock } = await offered();
    editor.closes();
    const asked = editor.ask();
    await clock.advance(0);
    expect(asked.item()).toBe("waiting");
  });

  it("when taken over is counted once, and can come again", async () => {
    const { editor, ghost, accepted, clock } = await offered();
    ghost.accepted("id-1");
    ghost.accepted("id-1");
    ghost.accepted("nobody");
    expect(accepted).toEqual([{ id: "id-1", languageId: "typescript", lines: 1, accepted: 1, offered: 1 }]);
    editor.becomes("const mean = sum(█\n");
    const asked = editor.ask();
    await clock.advance(0);
    expect(asked.picture()).toBe("const mean = sum(├values) / 2;┤\n");
  });

  it("of nothing is not asked for again at the same place, unless by hand", async () => {
    const { open, clock, vendor, ghost } = completionStage({ a: [[finish]] });
    const editor = open("const x = █\n");
    editor.ask();
    await clock.advance(100);
    expect(ghost.state().silent).toBe("nothing to suggest");
    const again = editor.ask();
    await clock.advance(500);
    expect(again.item()).toBeNull();
    expect(vendor().holes).toHaveLength(1);
    editor.ask({ isInvoked: true });
    await clock.advance(0);
    expect(vendor().holes).toHaveLength(2);
  });
});

describe("models that have nothing to say", () => {
  it("are asked less and less soon: each request costs its prompt, whatever comes of it", async () => {
    const { open, clock, vendor } = completionStage({ a: Array.from({ length: 8 }, () => [finish]) });
    const editor = open("const x = █\n");
    const asked = async (ms: number) => {
      const before = vendor().holes.length;
      editor.ask();
      await clock.advance(ms);
      return vendor().holes.length > before;
    };
    expect(await asked(100)).toBe(true);
    for (const letters of ["f", "fo", "foo", "foo.", "foo.b"]) {
      editor.becomes(`const x = ${letters}█\n`);
      await asked(400);
    }
    editor.becomes("const x = foo.ba█\n");
    expect(await asked(100)).toBe(false);
    await clock.advance(150);
    expect(vendor().holes).toHaveLength(7);
  });
});

describe("a document that is renamed while a request is under way", () => {
  it("gets nothing of it, under either name", async () => {
    const { open, clock, vendor, ready } = completionStage({ a: [writes("one();", 500), writes("two();", 10)] });
    const before = open("const x = █\n", { uri: "file:///w/old.ts" });
    const asked = before.ask({ isInvoked: true });
    await clock.advance(100);
    before.closes();
    const after = open("const x = █\n", { uri: "file:///w/new.ts" });
    const again = after.ask({ isInvoked: true });
    await clock.advance(1_000);
    expect([asked.item(), again.picture(), ready]).toEqual([null, "const x = ├two();┤\n", []]);
    expect(vendor().aborted()).toBe(1);
  });
});

describe("two servers on one file", () => {
  it("each show what holds in their own text", async () => {
    const one = completionStage({ a: [writes("one();", 10)] });
    const other = completionStage({ a: [writes("other();", 10)] });
    const inOne = one.open("const x = █\n").ask({ isInvoked: true });
    const inOther = other.open("let y = █\n").ask({ isInvoked: true });
    await one.clock.advance(100);
    await other.clock.advance(100);
    expect([inOne.picture(), inOther.picture()]).toEqual(["const x = ├one();┤\n", "let y = ├other();┤\n"]);
  });
});
