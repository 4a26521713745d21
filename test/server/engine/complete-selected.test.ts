import { describe, expect, it } from "vitest";
import { completionStage } from "./completion-stage.ts";
import { finish, type Step, text } from "./scripted-provider.ts";

/** A model that writes after so long, and ends. */
const writes = (answer: string, afterMs: number): Step[] => [{ type: "wait", ms: afterMs }, text(answer), finish];

describe("with an item selected in the suggest widget", () => {
  it("what it would be continued with is offered, over what it replaces", async () => {
    const { open, clock, vendor } = completionStage({ a: [writes(".log(x);", 10)] });
    const editor = open("cons█\n");
    const asked = editor.ask({ isInvoked: true, selected: { text: "console", from: 0 } });
    await clock.advance(50);
    expect(vendor().holes).toMatchObject([{ prefix: "console", suffix: "\n" }]);
    expect(asked.item()).toMatchObject({ text: "console.log(x);", startOffset: 0, endOffset: 4 });
  });

  it("typing the item's letters keeps the request, another item cuts it", async () => {
    const { open, clock, vendor } = completionStage({ a: [writes(".log(x);", 1_000), writes(".error(x);", 10)] });
    const editor = open("con█\n");
    const first = editor.ask({ isInvoked: true, selected: { text: "console", from: 0 } });
    await clock.advance(50);
    first.cancel();
    const second = editor.type("s", { selected: { text: "console", from: 0 } });
    await clock.advance(50);
    expect(vendor().aborted()).toBe(0);
    second.cancel();
    const third = editor.ask({ isInvoked: true, selected: { text: "constant", from: 0 } });
    await clock.advance(50);
    expect(vendor().aborted()).toBe(1);
    expect(third.item()).toMatchObject({ text: "constant.error(x);", startOffset: 0, endOffset: 4 });
  });

  const late = async () => {
    const stage = completionStage({ a: [writes(".log(x);", 1_000), writes("more();", 10)] });
    const editor = stage.open("con█\nfoo();\nreturn 1;\n");
    const asked = editor.ask({ selected: { text: "console", from: 0 } });
    await stage.clock.advance(100);
    asked.cancel();
    return { ...stage, editor };
  };
  it.each([
    ["to another line", "con\nfoo();\nreturn█ 1;\n"],
    ["within the word", "co█n\nfoo();\nreturn 1;\n"],
  ])("the request is cut when the cursor moves %s, and nothing is said of it there", async (_where, there) => {
    const { editor, vendor, ready, clock } = await late();
    editor.goes(there);
    expect(vendor().aborted()).toBe(1);
    await clock.advance(5_000);
    expect([ready, vendor().holes.length]).toEqual([[], 1]);
  });

  it.each([
    ["other letters are typed", "conx█\nfoo();\nreturn 1;\n", 1],
    ["letters that select it are typed, not all of them", "conl█\nfoo();\nreturn 1;\n", 0],
    ["it is taken over and typed on", "console.lo█\nfoo();\nreturn 1;\n", 0],
    ["another item is taken over", "constant█\nfoo();\nreturn 1;\n", 1],
  ])("of the request it is told apart whether %s", async (_what, next, aborted) => {
    const { editor, vendor, clock } = await late();
    editor.becomes(next);
    expect(vendor().aborted()).toBe(aborted);
    const changed = await late();
    changed.editor.changes(next);
    expect(changed.vendor().aborted()).toBe(aborted);
    await clock.advance(5_000);
  });

  it("the client is not told of what came for an item that is not selected any more", async () => {
    const { editor, clock, ready } = await late();
    await clock.advance(800);
    const other = editor.ask({ selected: { text: "constant", from: 0 } });
    await clock.advance(200);
    expect([ready, other.item()]).toEqual([[], "waiting"]);
  });

  it("walking through the items asks for the one at which the person stays", async () => {
    const { open, clock, vendor } = completionStage({ a: [writes(".x", 10)] });
    const editor = open("con█\n");
    for (const item of ["console", "const", "constructor", "continue", "contact"]) {
      const asked = editor.ask({ selected: { text: item, from: 0 } });
      await clock.advance(150);
      asked.cancel();
    }
    expect(vendor().holes.map(({ prefix }) => prefix)).toEqual(["console"]);
    const last = editor.ask({ selected: { text: "context", from: 0 } });
    await clock.advance(399);
    expect(vendor().holes).toHaveLength(1);
    await clock.advance(50);
    expect(vendor().holes.map(({ prefix }) => prefix)).toEqual(["console", "context"]);
    expect(last.item()).toMatchObject({ text: "context.x" });
  });

  it("the client is told when it comes late", async () => {
    const { open, clock, ready } = completionStage({ a: [writes(".log(x);", 1_000)] });
    const editor = open("con█\n");
    const asked = editor.ask({ isInvoked: true, selected: { text: "console", from: 0 } });
    await clock.advance(700);
    asked.cancel();
    await clock.advance(400);
    expect(ready).toEqual([{ uri: "file:///w/a.ts", version: 1, line: 0, character: 3 }]);
    const again = editor.ask({ selected: { text: "console", from: 0 } });
    await clock.advance(0);
    expect(again.item()).toMatchObject({ text: "console.log(x);" });
  });
});
