import { beforeEach, describe, expect, it, vi } from "vitest";
import { type RoutesViewDeps, registerRoutesView } from "../../client/routes-view.ts";
import type { FromRoutes, RoutesState, ToRoutes } from "../../client/webview/routes-messages.ts";
import { editor, reset } from "./fake-vscode.ts";
import { pageScene } from "./page-scene.ts";
import { drilled, rows } from "./webview/harness/routes-scenes.ts";

vi.mock("vscode", () => import("./fake-vscode.ts"));

beforeEach(reset);

const table = { atMs: 5, rows };

/** The command over a server that is driven by hand. */
function scene({ isSetUp = true }: { isSetUp?: boolean } = {}) {
  const own = { isSetUp, cancelled: 0 };
  const all = pageScene<FromRoutes, ToRoutes, RoutesState>({
    command: "wayfare.showRoutes",
    answers: [
      ["wayfare/routes", () => table],
      ["wayfare/pauseRoute", () => ({ ...table, atMs: 6 })],
      ["wayfare/testRoute", () => ({ ok: true, firstTokenMs: 5, costNano: 1, failure: null, ...table, atMs: 7 })],
      ["wayfare/drill", () => drilled],
    ],
  });
  const registered = registerRoutesView({
    ...all.deps,
    configuration: {
      read: () => ({ settings: { providers: own.isSetUp ? [{}] : [] } }),
      isSetUp: () => own.isSetUp,
      onChange: all.deps.onConfigured,
    },
    newCancellation: () => ({
      token: {},
      cancel: () => {
        own.cancelled += 1;
      },
    }),
  } as unknown as RoutesViewDeps);
  return { ...all, own, registered };
}

describe("Wayfare: Routes", () => {
  it("opens one page behind a strict policy, and brings it to the front the next time", async () => {
    const { run, seen, panel } = scene();
    run();
    run();
    expect([seen.panels, seen.revealed]).toEqual([1, 1]);
    expect(seen.html).toMatch(/default-src 'none'; script-src 'nonce-[0-9a-f]{32}'; style-src csp;/);
    expect(seen.html).toContain('src="file:///ext/dist/webview/routes.js"');
    panel.dispose();
    run();
    expect(seen.panels).toBe(2);
  });

  it("asks every two seconds while it is in sight, and not at all when it is not", async () => {
    const { run, say, tick, look, times, delays, shown, panel } = scene();
    run();
    await say({ type: "ready" });
    expect(shown()).toMatchObject({ setup: "ready", connection: "running", rows, atMs: 5 });
    expect(delays.map(({ ms }) => ms)).toEqual([2_000]);
    await tick();
    await tick();
    expect([times("routes"), delays.length]).toEqual([3, 1]);
    await look(false);
    expect(delays).toEqual([]);
    await look(true);
    expect([times("routes"), delays.length]).toEqual([4, 1]);
    panel.dispose();
    expect(delays).toEqual([]);
  });

  it("starts no server where nothing is set up, and fills itself as soon as something is", async () => {
    const { run, say, seen, own, shown, asked, configure } = scene({ isSetUp: false });
    run();
    await say({ type: "ready" });
    expect([seen.starts, asked, shown()?.setup]).toEqual([0, [], "nothing"]);
    await say({ type: "command", command: "usePlayground" });
    expect(editor.executed).toEqual([["wayfare.usePlayground"]]);
    own.isSetUp = true;
    await configure();
    expect(shown()).toMatchObject({ setup: "ready", rows });
  });

  it("says that the server is away, keeps what it had, and goes on when it is back", async () => {
    const { run, say, shown, enter, delays, answers, tick } = scene();
    run();
    await say({ type: "ready" });
    await enter("stopped");
    expect(shown()).toMatchObject({ connection: "stopped", rows });
    expect(delays).toEqual([]);
    await enter("running");
    expect([shown()?.connection, delays.length]).toEqual(["running", 1]);
    answers.set("wayfare/routes", () => {
      throw new Error("The ledger cannot be read.");
    });
    await tick();
    expect(shown()).toMatchObject({ problem: "The ledger cannot be read.", rows });
    answers.set("wayfare/routes", () => table);
    await tick();
    expect(shown()?.problem).toBeNull();
  });

  it("tests a route once at a time, and keeps what came of it for a page that is loaded anew", async () => {
    const { run, say, shown, times, answers, settle, posted } = scene();
    run();
    await say({ type: "ready" });
    let answer = (_value: unknown): void => undefined;
    answers.set("wayfare/testRoute", () => new Promise((resolve) => (answer = resolve)));
    const route = { providerId: "openai", modelId: "gpt-5.4-mini" };
    await say({ type: "test", ...route });
    await say({ type: "test", ...route });
    expect([times("testRoute"), shown()?.tests]).toEqual([1, { "openai/gpt-5.4-mini": { state: "running" } }]);
    const result = { ok: true, firstTokenMs: 830, costNano: 112_000, failure: null };
    answer({ ...result, ...table, atMs: 9 });
    await settle();
    expect(shown()).toMatchObject({ tests: { "openai/gpt-5.4-mini": { state: "ended", result } }, atMs: 9 });
    posted.length = 0;
    await say({ type: "ready" });
    expect(shown()?.tests).toEqual({ "openai/gpt-5.4-mini": { state: "ended", result } });
    answers.set("wayfare/testRoute", () => Promise.reject(new Error("acme/gone is not set up any more.")));
    await say({ type: "test", ...route });
    expect(shown()?.tests).toEqual({
      "openai/gpt-5.4-mini": { state: "broken", message: "acme/gone is not set up any more." },
    });
  });

  it("pauses a route, and shows at once what follows of it", async () => {
    const { run, say, asked, shown, answers } = scene();
    run();
    await say({ type: "ready" });
    const params = { providerId: "openai", modelId: "gpt-5.4-mini", paused: true };
    await say({ type: "pause", ...params });
    expect(asked.at(-1)).toEqual(["wayfare/pauseRoute", params]);
    expect(shown()?.atMs).toBe(6);
    answers.set("wayfare/pauseRoute", () => Promise.reject(new Error("The disk is full.")));
    await say({ type: "pause", ...params });
    expect(shown()?.problem).toBe("The disk is full.");
  });

  it("runs the drill, can stop it, and puts its result away", async () => {
    const { run, say, shown, answers, own, settle, panel } = scene();
    run();
    await say({ type: "ready" });
    await say({ type: "drill" });
    expect(shown()?.drill).toEqual({ state: "ended", result: drilled });
    await say({ type: "closeDrill" });
    expect(shown()?.drill).toEqual({ state: "none" });
    let refuse = (_error: Error): void => undefined;
    answers.set("wayfare/drill", () => new Promise((_, reject) => (refuse = reject)));
    await say({ type: "drill" });
    expect(shown()?.drill).toEqual({ state: "running" });
    await say({ type: "stopDrill" });
    refuse(new Error("cancelled"));
    await settle();
    expect([own.cancelled, shown()?.drill]).toEqual([1, { state: "none" }]);
    await say({ type: "drill" });
    refuse(new Error("Nothing can be asked."));
    await settle();
    expect(shown()?.drill).toEqual({ state: "broken", message: "Nothing can be asked." });
    await say({ type: "drill" });
    panel.dispose();
    expect(own.cancelled).toBe(2);
  });

  it("does not act on what it does not understand", async () => {
    const { run, raw, asked, logged } = scene();
    run();
    raw({ type: "command", command: "workbench.action.quit" });
    raw({ type: "test", providerId: "", modelId: "" });
    expect([asked, editor.executed, logged.length]).toEqual([[], [], 2]);
  });
});
