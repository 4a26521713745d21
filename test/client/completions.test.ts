import { beforeEach, describe, expect, it, vi } from "vitest";
import { on, scene, settle } from "./completions-scene.ts";
import { documentOf, editor, events, Position, Range, reset } from "./fake-vscode.ts";

vi.mock("vscode", () => import("./fake-vscode.ts"));

beforeEach(reset);

const triggers = () => editor.executed.filter(([command]) => command === "editor.action.inlineSuggest.trigger").length;
/** How VS Code asks when a person, or a command, told it to. */
const invoked = 0;
const automatic = 1;
const contexts = () => editor.executed.filter(([command]) => command === "setContext").map(([, , value]) => value);

describe("a wish for ghost text", () => {
  it("goes to the server at once where everything is known, and its answer comes back as it is", async () => {
    const { ask, timers } = scene();
    const wish = ask();
    expect(wish.asked()).toBe(true);
    const items = [{ insertText: "four" }];
    await wish.answer(items);
    expect(await wish.result).toBe(items);
    expect(timers).toEqual([]);
  });

  it.each<[string, (its: ReturnType<typeof scene>) => unknown]>([
    [
      "not trusted",
      (its) => {
        editor.isTrusted = false;
        return its.document;
      },
    ],
    [
      "off",
      (its) => {
        its.configure({ ...on, on: false });
        return its.document;
      },
    ],
    [
      "no model is set up",
      (its) => {
        its.configure({ ...on, on: false, why: "no model is set up" });
        return its.document;
      },
    ],
    [
      "snoozed until 00:05",
      (its) => {
        its.snoozeUntil(300_000);
        return its.document;
      },
    ],
    ["markdown off", (its) => its.open("README.md", "markdown")],
    [
      "Windsurf completes",
      (its) => {
        its.yieldTo("Windsurf");
        return its.document;
      },
    ],
  ])("does not leave the editor: %s", async (why, prepare) => {
    const its = scene();
    const wish = its.ask(prepare(its));
    expect(await wish.result).toBeNull();
    expect(wish.asked()).toBe(false);
    const { state, reason } = its.completions.status();
    expect(state === "off" && reason === null ? "off" : reason).toBe(why);
    expect(its.questions()).toBe(why === "Windsurf completes" ? 1 : 0);
  });

  it("is not sent for a file that may not be, and the status says why", async () => {
    const { ask, completions } = scene({ verdict: { state: "no", why: "secret file" } });
    const wish = ask();
    expect(await wish.result).toBeNull();
    expect(wish.asked()).toBe(false);
    expect(completions.status()).toEqual({ state: "on", reason: "secret file" });
  });

  it("asks nobody about another extension just because a file is open", () => {
    const { yieldTo, open, questions } = scene();
    yieldTo("Windsurf");
    open("src/b.ts");
    expect(questions()).toBe(0);
  });

  it("waits a moment for the verdict on a file that was never looked at", async () => {
    const { ask, judging, timers } = scene({ verdict: "late" });
    const wish = ask();
    expect(wish.asked()).toBe(false);
    expect(timers.map(({ delayMs }) => delayMs)).toEqual([30]);
    for (const found of judging) found({ state: "ok" });
    await settle();
    expect(wish.asked()).toBe(true);
    expect([timers.length, triggers()]).toEqual([0, 0]);
  });

  it("is answered with nothing when the verdict is late, and asked for again when it is there", async () => {
    const { ask, judging, timers, document } = scene({ verdict: "late" });
    const wish = ask();
    timers[0]?.run();
    expect(await wish.result).toBeNull();
    expect([wish.asked(), triggers()]).toEqual([false, 0]);
    for (const found of judging) found({ state: "ok" });
    await settle();
    expect(triggers()).toBe(1);
    expect(ask(document, invoked).kinds).toEqual([automatic]);
  });

  it("is not asked for again where the cursor has gone on, or the file may not be sent", async () => {
    const moved = scene({ verdict: "late" });
    await Promise.all([moved.ask().result, settle().then(() => moved.timers[0]?.run())]);
    moved.moveTo(2, 5);
    for (const found of moved.judging) found({ state: "ok" });
    await settle();
    const secret = scene({ verdict: "late" });
    await Promise.all([secret.ask().result, settle().then(() => secret.timers[0]?.run())]);
    for (const found of secret.judging) found({ state: "no", why: "secret file" });
    await settle();
    expect(triggers()).toBe(0);
  });

  it("shows nothing when the server fails, and throws nothing at the editor", async () => {
    const { ask } = scene();
    const wish = ask();
    await wish.fail();
    expect(await wish.result).toBeNull();
  });

  it.each<["saved and still the same" | "saved as a secret", unknown]>([
    ["saved and still the same", "items"],
    ["saved as a secret", null],
  ])("is answered as its file is now: %s", async (how, shown) => {
    const { ask, forget, judging, told } = scene();
    const wish = ask();
    forget();
    await wish.answer("items");
    for (const found of judging) found(shown === null ? { state: "no", why: "secret file" } : { state: "ok" });
    expect(await wish.result, how).toBe(shown);
    const dismissed = [["wayfare/dismissCompletion", { uri: "file:///w/src/a.ts" }]];
    expect(told).toEqual(shown === null ? dismissed : []);
  });

  it("shows nothing of an answer that a snooze has overtaken", async () => {
    const { ask, snoozeUntil, told } = scene();
    const wish = ask();
    snoozeUntil(300_000);
    await wish.answer([{ insertText: "four" }]);
    expect(await wish.result).toBeNull();
    expect(told).toEqual([["wayfare/dismissCompletion", { uri: "file:///w/src/a.ts" }]]);
  });
});

describe("the cursor", () => {
  const cursors = (told: readonly [string, unknown][]) =>
    told
      .filter(([method]) => method === "wayfare/cursor")
      .map(([, params]) => {
        const { position } = params as { position: { line: number; character: number } | null };
        return position === null ? null : `${position.line}:${position.character}`;
      });

  it("is told while a request is under way, and never otherwise", async () => {
    const { ask, moveTo, told } = scene();
    moveTo(2, 3);
    const wish = ask();
    moveTo(2, 5);
    await wish.answer(null);
    moveTo(2, 6);
    expect(told).toEqual([
      ["wayfare/cursor", { uri: "file:///w/src/a.ts", version: 1, position: { line: 2, character: 5 } }],
    ]);
  });

  it("is told on after VS Code has cancelled, until the server has nothing under way", async () => {
    const { ask, moveTo, told, serverSays } = scene();
    const wish = ask();
    serverSays(1);
    wish.token.isCancellationRequested = true;
    await wish.answer(null);
    moveTo(2, 5);
    serverSays(0);
    moveTo(2, 6);
    expect(cursors(told)).toEqual(["2:5"]);
  });

  it("is told for two seconds after a cancelled request of which the server said nothing", async () => {
    const { ask, moveTo, told, pass } = scene();
    const wish = ask();
    wish.token.isCancellationRequested = true;
    await wish.answer(null);
    pass(1_999);
    moveTo(2, 5);
    pass(1);
    moveTo(2, 6);
    expect(cursors(told)).toEqual(["2:5"]);
  });

  it("is nowhere once the editor has lost the document", () => {
    const { ask, open, moveTo, told, document } = scene();
    void ask();
    open("src/b.ts");
    moveTo(0, 0);
    // The same document in an editor that is not the active one.
    events.selection.fire({ textEditor: { document, selection: { active: new Position(1, 1), isEmpty: true } } });
    expect(cursors(told)).toEqual([null]);
  });

  it("is another one in another editor of the same document, and told", () => {
    const { ask, told, document } = scene();
    const second = { document, selection: { active: new Position(0, 1), isEmpty: true } };
    editor.active = second;
    events.activeEditor.fire(second);
    expect(cursors(told)).toEqual([]);
    void ask();
    events.activeEditor.fire(second);
    expect(cursors(told)).toEqual(["0:1"]);
  });

  it("is of no matter after the server has gone", () => {
    const { ask, moveTo, told, signals } = scene();
    void ask();
    signals.state.fire("restarting");
    moveTo(2, 5);
    expect(told).toEqual([]);
  });
});

describe("Escape", () => {
  it("is ours from the wish on, and only while it waits or the server works for the active editor", async () => {
    const { ask, serverSays, open } = scene();
    const wish = ask();
    expect(contexts()).toEqual([true]);
    serverSays(1);
    serverSays(2);
    await wish.answer(null);
    expect(contexts()).toEqual([true]);
    serverSays(0);
    expect(contexts()).toEqual([true, false]);
    const known = ask();
    await known.answer(null);
    expect(contexts()).toEqual([true, false, true, false]);
    void ask();
    serverSays(1);
    open("src/b.ts");
    expect(contexts()).toEqual([true, false, true, false, true, false]);
  });

  it("stays ours where VS Code gave up before the server began, until it has ended or two seconds are over", async () => {
    const { ask, serverSays, timers, pass } = scene();
    const early = ask();
    early.token.isCancellationRequested = true;
    await early.answer(null);
    // News about something else: nothing of this wish has begun or ended.
    serverSays(0);
    expect(contexts()).toEqual([true]);
    serverSays(1);
    serverSays(0);
    expect(contexts()).toEqual([true, false]);
    const unheard = ask();
    unheard.token.isCancellationRequested = true;
    await unheard.answer(null);
    expect(contexts()).toEqual([true, false, true]);
    pass(2_000);
    for (const { delayMs, run } of timers.splice(0)) {
      expect(delayMs).toBe(2_000);
      run();
    }
    expect(contexts()).toEqual([true, false, true, false]);
  });

  it("takes back a wish for which nothing was asked yet", () => {
    const { ask, completions, told } = scene();
    void ask();
    completions.dismiss();
    expect(contexts()).toEqual([true, false]);
    expect(told).toEqual([["wayfare/dismissCompletion", { uri: "file:///w/src/a.ts" }]]);
  });

  it("cuts what is under way, hides what is shown, and gives the key back at once", async () => {
    const { ask, completions, serverSays, told } = scene();
    const wish = ask();
    serverSays(1);
    completions.dismiss();
    expect(told).toEqual([["wayfare/dismissCompletion", { uri: "file:///w/src/a.ts" }]]);
    expect(editor.executed.at(-1)).toEqual(["editor.action.inlineSuggest.hide"]);
    expect(contexts()).toEqual([true, false]);
    await wish.answer([{ insertText: "four" }]);
    expect(await wish.result).toBeNull();
  });
});

describe("the status", () => {
  it("follows the server, the editor and the verdict, and is told only when it says something else", () => {
    const { completions, serverSays, open, signals, changes } = scene();
    const before = changes();
    serverSays(1);
    expect(completions.status()).toEqual({ state: "working", reason: null });
    serverSays(1);
    expect(changes()).toBe(before + 1);
    serverSays(0, "key refused");
    expect(completions.status()).toEqual({ state: "on", reason: "key refused" });
    open("README.md", "markdown");
    expect(completions.status().reason).toBe("markdown off");
    expect(changes()).toBe(before + 3);
    signals.state.fire("restarting");
    open("src/a.ts");
    expect(completions.status()).toEqual({ state: "on", reason: null });
  });

  it("names VS Code's own setting when that keeps ghost text away", () => {
    const { completions, changes } = scene();
    const before = changes();
    editor.settings.set("editor.inlineSuggest.enabled", { globalValue: false });
    events.configuration.fire({ affectsConfiguration: (section) => section === "editor.inlineSuggest.enabled" });
    expect(completions.status()).toEqual({ state: "on", reason: "editor.inlineSuggest.enabled is off" });
    expect(changes()).toBe(before + 1);
  });

  it("has nothing to say of what is no file, like the output", () => {
    const { completions } = scene();
    const document = documentOf("output:wayfare", "", "markdown");
    editor.active = { document, selection: new Range(new Position(0, 0), new Position(0, 0)) };
    events.activeEditor.fire(editor.active);
    expect(completions.status()).toEqual({ state: "on", reason: null });
  });
});
