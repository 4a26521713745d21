import { beforeEach, describe, expect, it, vi } from "vitest";
import { type LearnedViewDeps, registerLearnedView } from "../../client/learned-view.ts";
import type { FromLearned, LearnedState, ToLearned } from "../../client/webview/learned-messages.ts";
import type { LearnedTable } from "../../shared/learned.ts";
import { editor, reset } from "./fake-vscode.ts";
import { pageScene } from "./page-scene.ts";
import { rows } from "./webview/harness/learned-scenes.ts";

vi.mock("vscode", () => import("./fake-vscode.ts"));

beforeEach(reset);

const table: LearnedTable = { rows, enabled: true };

/** The command over a server that is driven by hand. */
function scene({ isSetUp = true }: { isSetUp?: boolean } = {}) {
  const own = { isSetUp };
  const all = pageScene<FromLearned, ToLearned, LearnedState>({
    command: "wayfare.openLearned",
    answers: [
      ["wayfare/learned", () => table],
      ["wayfare/forgetLearned", () => ({ ...table, rows: rows.slice(1) })],
    ],
  });
  const registered = registerLearnedView({
    ...all.deps,
    configuration: {
      read: () => ({ settings: { providers: own.isSetUp ? [{}] : [] } }),
      isSetUp: () => own.isSetUp,
      onChange: all.deps.onConfigured,
    },
    now: () => 5,
  } as unknown as LearnedViewDeps);
  return { ...all, own, registered };
}

describe("Wayfare: What Was Learned", () => {
  it("opens one page, asks every five seconds while it is in sight, and not when it is not", async () => {
    const { run, say, tick, look, times, delays, shown, seen, panel } = scene();
    run();
    run();
    expect([seen.panels, seen.revealed]).toEqual([1, 1]);
    expect(seen.html).toContain('src="file:///ext/dist/webview/learned.js"');
    await say({ type: "ready" });
    expect(shown()).toEqual({ setup: "ready", connection: "running", atMs: 5, table, problem: null });
    expect(delays.map(({ ms }) => ms)).toEqual([5_000]);
    await tick();
    expect(times("learned")).toBe(2);
    await look(false);
    expect(delays).toEqual([]);
    panel.dispose();
    expect(delays).toEqual([]);
  });

  it("starts no server where nothing is set up", async () => {
    const { run, say, seen, asked, shown } = scene({ isSetUp: false });
    run();
    await say({ type: "ready" });
    expect([seen.starts, asked, shown()?.setup]).toEqual([0, [], "nothing"]);
  });

  it("forgets one row at a click, and everything only when the person is sure", async () => {
    const { run, say, asked, shown, settle } = scene();
    run();
    const row = { providerId: "p", modelId: "m", simulated: false, kind: "fix", languageId: "" } as const;
    await say({ type: "forget", row });
    expect(shown()?.table?.rows).toEqual(rows.slice(1));
    expect(editor.shown).toEqual([]);
    await say({ type: "forget", row: null });
    expect(editor.shown).toEqual(["Forget everything that was learned on this machine?"]);
    editor.answers.push("Forget Everything");
    await say({ type: "forget", row: null });
    await settle();
    expect(asked).toEqual([
      ["wayfare/forgetLearned", { row }],
      ["wayfare/forgetLearned", { row: null }],
    ]);
  });

  it("says what the server could not do, and what it is not asked", async () => {
    const { run, say, answers, shown, raw, logged, settle, enter } = scene();
    answers.set("wayfare/learned", () => {
      throw new Error("The books are not open. Restart Wayfare.");
    });
    run();
    await say({ type: "ready" });
    expect(shown()?.problem).toBe("The books are not open. Restart Wayfare.");
    raw({ type: "forget" });
    await settle();
    expect(logged).toEqual([expect.stringContaining("The page of learned sent what is not understood")]);
    await enter("stopped");
    expect(shown()?.connection).toBe("stopped");
  });
});
