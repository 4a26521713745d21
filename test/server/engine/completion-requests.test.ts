import { describe, expect, it } from "vitest";
import { completionStage } from "./completion-stage.ts";
import { finish, type Step, text } from "./scripted-provider.ts";

/** A model that writes after so long, and ends. */
const writes = (answer: string, afterMs = 200): Step[] => [{ type: "wait", ms: afterMs }, text(answer), finish];

describe("a request that VS Code stopped waiting for", () => {
  it("lives on, and when it lands the client is told once where to ask again", async () => {
    const { open, clock, vendor, ready, ledger } = completionStage({ a: [writes("answer();", 1_200)] });
    const editor = open("first();\nconst x = █\n");
    const asked = editor.ask();
    await clock.advance(700);
    asked.cancel();
    await clock.advance(0);
    expect(asked.item()).toBeNull();
    expect(vendor().aborted()).toBe(0);
    await clock.advance(600);
    expect(ready).toEqual([{ uri: "file:///w/a.ts", version: 1, line: 1, character: 10 }]);
    const again = editor.ask();
    await clock.advance(0);
    expect(again.picture()).toBe("first();\nconst x = ├answer();┤\n");
    await clock.advance(5_000);
    expect(vendor().holes).toHaveLength(1);
    expect(ready).toHaveLength(1);
    expect(ledger.settled).toMatchObject([{ outcome: "done" }]);
  });

  it("tells the place as it is then, when the person typed along", async () => {
    const { open, clock, ready } = completionStage({ a: [writes("answer();", 1_200)] });
    const editor = open("const x = █\n");
    const asked = editor.ask();
    await clock.advance(700);
    asked.cancel();
    editor.becomes("const x = an█\n");
    await clock.advance(700);
    expect(ready).toEqual([{ uri: "file:///w/a.ts", version: 2, line: 0, character: 12 }]);
  });

  it("is cut after two seconds", async () => {
    const { open, clock, vendor, ghost, ready } = completionStage({ a: [writes("late();", 4_000)] });
    const asked = open("const x = █\n").ask();
    await clock.advance(700);
    asked.cancel();
    await clock.advance(1_999);
    expect(vendor().aborted()).toBe(0);
    await clock.advance(1);
    expect(vendor().aborted()).toBe(1);
    expect(ghost.state()).toEqual({ working: 0, silent: "no answer in time", uri: "file:///w/a.ts" });
    expect(ready).toEqual([]);
  });

  it("says nothing when somebody else is waiting for it at the present place", async () => {
    const { open, clock, ready, vendor } = completionStage({ a: [writes("answer();", 1_200)] });
    const editor = open("const x = █\n");
    const first = editor.ask();
    await clock.advance(200);
    first.cancel();
    const second = editor.type("a");
    await clock.advance(1_200);
    expect(second.picture()).toBe("const x = a├nswer();┤\n");
    expect(ready).toEqual([]);
    expect(vendor().holes).toHaveLength(1);
  });
});

describe("a request under way", () => {
  const underWay = async (marked = "const x = █\n") => {
    const stage = completionStage({ a: [writes("answer();", 1_000), writes("other();", 100)] });
    const editor = stage.open(marked);
    const asked = editor.ask({ isInvoked: true });
    await stage.clock.advance(100);
    expect(stage.ghost.state().working).toBe(1);
    return { ...stage, editor, asked };
  };

  it("is asked anew when it comes out otherwise than was typed meanwhile", async () => {
    const { editor, clock, vendor } = await underWay();
    const second = editor.type("o");
    await clock.advance(1_200);
    expect(vendor().holes.map(({ prefix }) => prefix)).toEqual(["const x = ", "const x = o"]);
    expect(second.picture()).toBe("const x = o├other();┤\n");
  });

  it("is cut at once when what was typed is not what has come", async () => {
    const stage = completionStage({
      a: [[text("answer"), { type: "wait", ms: 1_000 }, text("();"), finish], writes("other();", 100)],
    });
    const editor = stage.open("const x = █\n");
    editor.ask({ isInvoked: true });
    await stage.clock.advance(10);
    editor.type("o");
    await stage.clock.advance(0);
    expect(stage.vendor().aborted()).toBe(1);
    expect(stage.ledger.settled).toMatchObject([{ outcome: "cancelled", costSource: "estimated" }]);
  });

  it("is cut as soon as what comes is not what was typed, and whoever waits has another after a pause", async () => {
    const { open, clock, vendor, ledger } = completionStage({
      a: [[{ type: "wait", ms: 300 }, text("zz"), { type: "wait", ms: 1_000 }, text("z"), finish], writes("ok();", 10)],
    });
    const editor = open("const x = █\n");
    const first = editor.ask({ isInvoked: true });
    await clock.advance(100);
    first.cancel();
    const second = editor.type("abc");
    await clock.advance(200);
    expect([vendor().aborted(), vendor().holes.length, second.item()]).toEqual([1, 1, "waiting"]);
    await clock.advance(60);
    expect(vendor().holes).toHaveLength(1);
    await clock.advance(60);
    expect(second.picture()).toBe("const x = abc├ok();┤\n");
    expect(ledger.settled).toMatchObject([{ outcome: "cancelled", costSource: "estimated" }, { outcome: "done" }]);
  });

  const ways: Record<string, (stage: Awaited<ReturnType<typeof underWay>>) => void> = {
    "the cursor moves away": ({ editor }) => editor.goes("co█nst x = \n"),
    "the document loses the focus": ({ editor }) => editor.leaves(),
    "the text before the cursor changes": ({ editor }) => editor.changes("let x = █\n"),
    "the text behind the cursor changes": ({ editor }) => editor.becomes("const x = █\nmore();\n"),
    "what the text becomes cannot have been typed": ({ editor }) => editor.changes("const x = █;"),
    "Escape is pressed": ({ editor }) => editor.dismisses(),
    "the document is closed": ({ editor }) => editor.closes(),
    "completions are turned off": ({ scene, ghost }) => {
      scene.completions.on = false;
      ghost.settingsChanged();
    },
    "the workspace is no longer trusted": ({ scene, ghost }) => {
      scene.trusted = false;
      ghost.settingsChanged();
    },
    "the server stops": ({ ghost }) => void ghost.close(),
  };
  for (const [name, happens] of Object.entries(ways)) {
    it(`is cut at once when ${name}`, async () => {
      const stage = await underWay();
      happens(stage);
      expect(stage.vendor().aborted()).toBe(1);
      expect(stage.ghost.state()).toEqual({ working: 0, silent: null, uri: null });
      await stage.clock.advance(0);
      expect(stage.asked.item()).toBeNull();
      expect(stage.ledger.settled).toMatchObject([{ outcome: "cancelled" }]);
      await stage.clock.advance(5_000);
      expect(stage.vendor().holes).toHaveLength(1);
      expect(stage.ready).toEqual([]);
      expect(stage.clock.waiting()).toBe(0);
    });
  }

  it("that still pauses is called off in the same ways", async () => {
    for (const happens of Object.values(ways)) {
      const stage = completionStage({ a: [writes("answer();")] });
      const editor = stage.open("const x = █\n");
      const asked = editor.ask();
      await stage.clock.advance(10);
      happens({ ...stage, editor, asked });
      await stage.clock.advance(1_000);
      expect([asked.item(), stage.vendor().holes.length]).toEqual([null, 0]);
    }
  });

  it("stays while the cursor is told to be where it is", async () => {
    const { editor, clock, vendor, asked } = await underWay();
    editor.goes("const x = █\n");
    await clock.advance(1_000);
    expect(vendor().aborted()).toBe(0);
    expect(asked.picture()).toBe("const x = ├answer();┤\n");
  });

  it("is never shown in a later version of the document", async () => {
    const { editor, clock, asked, vendor } = await underWay();
    editor.becomes("const x = a█\n");
    await clock.advance(1_000);
    expect(vendor().aborted()).toBe(0);
    expect(asked.item()).toBeNull();
  });

  it("is one a document and two in all", async () => {
    const { open, clock, vendor, asked, ghost } = await underWay();
    open("const y = █\n", { uri: "file:///w/b.ts" }).ask({ isInvoked: true });
    await clock.advance(0);
    expect(vendor().aborted()).toBe(0);
    open("const z = █\n", { uri: "file:///w/c.ts" }).ask({ isInvoked: true });
    await clock.advance(0);
    expect(vendor().aborted()).toBe(1);
    expect(ghost.state().working).toBe(2);
    expect(asked.item()).toBeNull();
  });

  it("outlives a cancelled request while another waits for it", async () => {
    const { editor, clock, asked, vendor } = await underWay();
    const second = editor.ask();
    asked.cancel();
    await clock.advance(3_000);
    expect(second.picture()).toBe("const x = ├answer();┤\n");
    expect(vendor().holes).toHaveLength(1);
  });
});
