import { beforeEach, describe, expect, it, vi } from "vitest";
import type { CompletionReady } from "../../shared/protocol.ts";
import { scene } from "./completions-scene.ts";
import { editor, Position, reset } from "./fake-vscode.ts";

vi.mock("vscode", () => import("./fake-vscode.ts"));

beforeEach(reset);

const triggers = () => editor.executed.filter(([command]) => command === "editor.action.inlineSuggest.trigger").length;
/** How VS Code asks when a person, or a command, told it to. */
const invoked = 0;
const automatic = 1;

describe("a completion that comes late", () => {
  it("is asked for once more where the cursor still is", () => {
    const { ready } = scene();
    ready();
    expect(triggers()).toBe(1);
  });

  it.each<[string, Partial<CompletionReady>]>([
    ["line", { line: 1 }],
    ["column", { character: 5 }],
    ["version", { version: 2 }],
    ["document", { uri: "file:///w/src/b.ts" }],
  ])("is left alone at another %s", (_what, over) => {
    const { ready } = scene();
    ready(over);
    expect(triggers()).toBe(0);
  });

  it("is left alone while something is selected", () => {
    const { ready } = scene();
    if (editor.active !== null) editor.active.selection = { active: new Position(2, 4), isEmpty: false };
    ready();
    expect(triggers()).toBe(0);
  });

  it("makes no circle: said again at the same place, it is not asked for again", () => {
    const { ready, ask, document } = scene();
    ready();
    // VS Code asks because it was told to.
    void ask(document, invoked);
    ready();
    ready();
    expect(triggers()).toBe(1);
    // The person asks at the same place.
    void ask(document, invoked);
    ready();
    expect(triggers()).toBe(2);
  });

  it("is asked for as a wish that came by itself: only the person's own is worth no pause", () => {
    const { ready, ask, document } = scene();
    expect(ask(document, invoked).kinds).toEqual([invoked]);
    ready();
    expect(ask(document, invoked).kinds).toEqual([automatic]);
    // The next one is the person's.
    expect(ask(document, invoked).kinds).toEqual([invoked]);
  });

  it("leaves the person's own wish alone a second after VS Code did not ask, and at another place", () => {
    const { ready, ask, document, pass } = scene();
    ready();
    pass(1_000);
    expect(ask(document, invoked).kinds).toEqual([invoked]);
    ready();
    document.version = 2;
    expect(ask(document, invoked).kinds).toEqual([invoked]);
  });

  it("is still ours when a letter's wish comes in between", () => {
    const { ready, ask, document } = scene();
    ready();
    expect(ask(document, automatic).kinds).toEqual([automatic]);
    expect(ask(document, invoked).kinds).toEqual([automatic]);
  });

  it("is left alone after Escape", () => {
    const { completions, ready } = scene();
    completions.dismiss();
    ready();
    expect(triggers()).toBe(0);
  });
});

describe("an answer that came in the moment VS Code gave up on it", () => {
  /** Asked, worked on, cancelled, and answered with nothing that is shown. */
  const miss = async (its: ReturnType<typeof scene>) => {
    const wish = its.ask();
    its.serverSays(1);
    wish.token.isCancellationRequested = true;
    return wish;
  };

  it("is asked for once more, as soon as the server is done, and only once", async () => {
    const its = scene();
    const wish = await miss(its);
    await wish.answer(null);
    expect(triggers()).toBe(0);
    its.serverSays(0);
    expect(triggers()).toBe(1);
    const again = its.ask(its.document, invoked);
    expect(again.kinds).toEqual([automatic]);
    its.serverSays(1);
    again.token.isCancellationRequested = true;
    await again.answer(null);
    its.serverSays(0);
    expect(triggers()).toBe(1);
  });

  it("is asked for at once where the server was done before", async () => {
    const its = scene();
    const wish = await miss(its);
    its.serverSays(0);
    expect(triggers()).toBe(0);
    await wish.answer(null);
    expect(triggers()).toBe(1);
  });

  it.each<[string, (its: ReturnType<typeof scene>) => void]>([
    ["the server says why nothing came", (its) => its.serverSays(0, "nothing to suggest")],
    ["the cursor has moved, and came back", (its) => [its.moveTo(2, 5), its.moveTo(2, 4), its.serverSays(0)]],
    ["it was dismissed", (its) => [its.completions.dismiss(), its.serverSays(0)]],
    ["two seconds have passed", (its) => [its.pass(2_000), its.serverSays(0)]],
    ["the server has gone", (its) => [its.signals.state.fire("restarting"), its.serverSays(0)]],
    ["another document is open", (its) => [its.open("src/b.ts"), its.serverSays(0)]],
  ])("is left alone where %s", async (_why, happens) => {
    const its = scene();
    const wish = await miss(its);
    await wish.answer(null);
    happens(its);
    expect(triggers()).toBe(0);
  });

  it("is none where the server was never at work, or VS Code did not give up", async () => {
    const idle = scene();
    const wish = idle.ask();
    wish.token.isCancellationRequested = true;
    await wish.answer(null);
    const shown = scene();
    const seen = shown.ask();
    shown.serverSays(1);
    shown.serverSays(0);
    await seen.answer([{ insertText: "four" }]);
    expect(triggers()).toBe(0);
  });
});
