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
