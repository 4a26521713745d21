import { homedir } from "node:os";
import { join } from "node:path";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { deleteWords, exportName } from "../../client/costs-acts.ts";
import { type CostsViewDeps, registerCostsView } from "../../client/costs-view.ts";
import type { CostsState, FromCosts, ToCosts } from "../../client/webview/costs-messages.ts";
import type { PriceFacts } from "../../shared/prices.ts";
import type { ReportParams } from "../../shared/report.ts";
import { EventEmitter, editor, reset, Uri, window } from "./fake-vscode.ts";
import { pageScene } from "./page-scene.ts";
import { record, report } from "./webview/harness/costs-scenes.ts";

vi.mock("vscode", () => import("./fake-vscode.ts"));

beforeEach(reset);

const prices: PriceFacts = { atMs: 1, updates: true, genaiPrices: { asOfMs: 1, isBundled: true }, rows: [], held: [] };

/** The command over a server that is driven by hand. */
function scene({ providers = [{}] as unknown[], playground = false } = {}) {
  const spending = new EventEmitter<void>();
  const own = { providers, saveTo: undefined as Uri | undefined };
  const saves: Record<string, unknown>[] = [];
  const all = pageScene<FromCosts, ToCosts, CostsState>({
    command: "wayfare.showCosts",
    answers: [
      ["wayfare/report", (params: ReportParams) => report({ params })],
      ["wayfare/explainRequest", () => record],
      ["wayfare/exportCosts", () => ({ rows: 1_234, bytes: 5 })],
      ["wayfare/prices", () => prices],
      ["wayfare/deleteCosts", () => ({ requests: 34, attempts: 39, keptAnswers: 2 })],
    ],
    // Prices come beside each report, and have a test of their own.
    unlisted: ["wayfare/prices"],
  });
  Object.assign(window, {
    async showSaveDialog(options: Record<string, unknown>) {
      saves.push(options);
      return own.saveTo;
    },
  });
  registerCostsView({
    ...all.deps,
    server: Object.assign(all.server, { onSpend: spending.event }),
    configuration: {
      read: () => ({ settings: { providers: own.providers, playground } }),
      isSetUp: () => own.providers.length > 0 || playground,
      onChange: all.deps.onConfigured,
    },
  } as unknown as CostsViewDeps);
  return {
    ...all,
    own,
    saves,
    async spend() {
      spending.fire();
      await all.settle();
    },
  };
}

const { params } = report();

describe("Wayfare: Costs", () => {
  it("opens one page behind a strict policy, and brings it to the front the next time", async () => {
    const { run, seen, panel, say, shown } = scene();
    run();
    run();
    expect([seen.panels, seen.revealed]).toEqual([1, 1]);
    expect(seen.html).toMatch(/default-src 'none'; script-src 'nonce-[0-9a-f]{32}'; style-src csp;/);
    expect(seen.html).toContain('src="file:///ext/dist/webview/costs.js"');
    await say({ type: "ready" });
    await say({ type: "params", params: { ...params, splitBy: "model" } });
    panel.dispose();
    run();
    await say({ type: "ready" });
    expect([seen.panels, shown()?.params.splitBy]).toEqual([2, "model"]);
  });

  it("asks when something was spent, at most every three seconds, and never while it is out of sight", async () => {
    const { run, say, tick, look, times, delays, shown, spend, panel } = scene();
    run();
    await say({ type: "ready" });
    expect(shown()).toMatchObject({ setup: "ready", connection: "running", params, isAsking: false });
    expect(shown()?.report?.total.requests).toBe(34);
    expect([times("report"), delays]).toEqual([1, []]);
    await spend();
    await spend();
    expect([times("report"), delays.map(({ ms }) => ms)]).toEqual([1, [3_000]]);
    await tick();
    expect([times("report"), delays]).toEqual([2, []]);
    await spend();
    await look(false);
    expect(delays).toEqual([]);
    await spend();
    expect([times("report"), delays]).toEqual([2, []]);
    await look(true);
    await say({ type: "ready" });
    expect(times("report")).toBe(3);
    await spend();
    panel.dispose();
    expect(delays).toEqual([]);
  });

  it("shows what models cost now beside the report, and the report where that cannot be told", async () => {
    const { run, say, shown, answers, logged } = scene();
    run();
    await say({ type: "ready" });
    expect(shown()).toMatchObject({ prices, report: { total: {} } });
    answers.set("wayfare/prices", () => Promise.reject(new Error("No prices today.")));
    await say({ type: "params", params: { ...params, splitBy: "model" } });
    expect(shown()).toMatchObject({ report: { params: { splitBy: "model" } }, problem: null });
    expect(logged).toContain("No prices today.");
  });

  it("shows the answer to what was asked last, whichever comes first", async () => {
    const { run, say, answers, shown, settle } = scene();
    run();
    await say({ type: "ready" });
    const waiting: (() => void)[] = [];
    answers.set(
      "wayfare/report",
      (asked: ReportParams) => new Promise((resolve) => waiting.push(() => resolve(report({ params: asked })))),
    );
    await say({ type: "params", params: { ...params, range: { kind: "all" } } });
    await say({ type: "params", params: { ...params, range: { kind: "month" } } });
    expect(shown()).toMatchObject({ isAsking: true, params: { range: { kind: "month" } }, report: { params } });
    waiting[1]?.();
    await settle();
    waiting[0]?.();
    await settle();
    expect(shown()).toMatchObject({ isAsking: false, report: { params: { range: { kind: "month" } } } });
  });

  it("begins with simulated money where there is no other, and starts no server where nothing is set up", async () => {
    const playing = scene({ providers: [], playground: true });
    playing.run();
    await playing.say({ type: "ready" });
    expect(playing.asked[0]).toEqual(["wayfare/report", { ...params, book: "simulated" }]);
    const { run, say, seen, own, shown, asked, configure } = scene({ providers: [] });
    run();
    await say({ type: "ready" });
    expect([seen.starts, asked, shown()?.setup]).toEqual([0, [], "nothing"]);
    await say({ type: "command", command: "addProvider" });
    expect(editor.executed).toEqual([["wayfare.addProvider"]]);
    own.providers = [{}];
    await configure();
    expect(shown()?.report).not.toBeNull();
  });

  it("says that the server is away or the ledger is unreadable, and keeps what it had", async () => {
    const { run, say, shown, enter, answers, spend, tick } = scene();
    run();
    await say({ type: "ready" });
    await enter("stopped");
    expect(shown()).toMatchObject({ connection: "stopped", report: { today: "2026-11-18" } });
    await enter("running");
    answers.set("wayfare/report", () => {
      throw new Error("The ledger cannot be read.");
    });
    await spend();
    await tick();
    expect(shown()).toMatchObject({ problem: "The ledger cannot be read.", report: { today: "2026-11-18" } });
  });

  it("looks a request up, and says what went wrong in its place", async () => {
    const { run, say, shown, answers, raw, logged } = scene();
    run();
    await say({ type: "ready" });
    await say({ type: "explain", requestId: "turn-2" });
    expect(shown()?.explained).toEqual({ "turn-2": { state: "known", record } });
    answers.set("wayfare/explainRequest", () => null);
    await say({ type: "explain", requestId: "turn-3" });
    answers.set("wayfare/explainRequest", () => {
      throw new Error("The ledger cannot be read.");
    });
    await say({ type: "explain", requestId: "turn-4" });
    expect(shown()?.explained).toMatchObject({
      "turn-3": { state: "gone" },
      "turn-4": { state: "broken", message: "The ledger cannot be read." },
    });
    raw({ type: "explain" });
    raw({ type: "openSetting", setting: "editor.fontSize" });
    expect(logged.slice(-2).every((line) => line.startsWith("The page of costs sent what is not understood"))).toBe(
      true,
    );
  });
});

describe("exporting", () => {
  it("asks where to, has the server write it, and opens it on demand", async () => {
    const { run, say, own, saves, asked } = scene();
    editor.folders = [{ uri: Uri.file("/home/ada/shop"), name: "shop" }];
    run();
    await say({ type: "ready" });
    await say({ type: "export", format: "csv" });
    expect(asked).toHaveLength(1);
    expect(String(saves[0]?.defaultUri)).toBe(
      String(Uri.file(join(homedir(), "wayfare-costs-2026-11-12-to-2026-11-18.csv"))),
    );
    own.saveTo = Uri.file("/tmp/costs.csv");
    editor.answers = ["Open"];
    await say({ type: "export", format: "csv" });
    const { range, book, workspace } = params;
    expect(asked[1]).toEqual([
      "wayfare/exportCosts",
      { range, book, workspace, format: "csv", path: "/tmp/costs.csv" },
    ]);
    expect(editor.shown).toEqual(["1,234 rows written to /tmp/costs.csv."]);
    expect(editor.executed).toEqual([["vscode.open", own.saveTo]]);
  });

  it("writes only to a file, and says the server's sentence when it cannot", async () => {
    const { run, say, own, asked, answers } = scene();
    run();
    await say({ type: "ready" });
    own.saveTo = Uri.parse("vscode-vfs://github/costs.csv");
    await say({ type: "export", format: "json" });
    expect(asked).toHaveLength(1);
    own.saveTo = Uri.file("/root.csv");
    answers.set("wayfare/exportCosts", () => {
      throw new Error("/root.csv cannot be written: permission denied.");
    });
    await say({ type: "export", format: "json" });
    expect(editor.shown).toEqual([
      'Costs are written to a file on this host; "vscode-vfs:" is not one. Choose a folder on its disk.',
      "/root.csv cannot be written: permission denied.",
    ]);
  });

  it("names the file after its days, and simulated money as such", () => {
    expect(exportName(null, { book: "real" }, "json")).toBe("wayfare-costs.json");
    const day = { fromDay: "2026-11-18", toDay: "2026-11-18" };
    expect(exportName(day, { book: "simulated" }, "csv")).toBe("wayfare-costs-simulated-2026-11-18.csv");
  });
});

describe("deleting", () => {
  it("says exactly what goes and what stays, and happens only when it is confirmed", async () => {
    const { run, say, asked, times } = scene();
    const asks = vi.spyOn(window, "showWarningMessage");
    run();
    await say({ type: "ready" });
    await say({ type: "delete" });
    expect(times("deleteCosts")).toBe(0);
    expect(asks.mock.calls[0]?.slice(0, 3)).toEqual([
      "Delete the record of every request from Nov 12 to Nov 18?",
      {
        modal: true,
        detail:
          "This deletes all requests of these days with their attempts, costs and reasons, of every workspace on this machine. It cannot be undone; export them first to keep a copy. What caps have counted stays counted: deleting makes no room. Simulated requests and conversations stay.",
      },
      // The first one is what Enter presses.
      "Export First…",
    ]);
    editor.answers = ["Delete"];
    await say({ type: "delete" });
    expect(asked.slice(-2)).toEqual([
      ["wayfare/deleteCosts", { fromDay: "2026-11-12", toDay: "2026-11-18", book: "real", workspace: null }],
      ["wayfare/report", params],
    ]);
    expect(editor.shown.at(-1)).toBe(
      "34 requests with 39 attempts and 2 answers from the cache deleted from the books. What caps have counted stays counted.",
    );
    asks.mockRestore();
  });

  it("takes no more than is shown: one book, and one workspace where one is chosen", () => {
    const shown = report({ params: { ...params, book: "simulated", workspace: "file:///home/ada/shop" } });
    expect(deleteWords(shown)).toEqual({
      question: "Delete the record of every simulated request from Nov 12 to Nov 18?",
      detail:
        "This deletes all simulated requests of these days with their attempts, costs and reasons, of shop on this machine. It cannot be undone; export them first to keep a copy. Requests that cost real money stay, and so do conversations.",
    });
  });

  it("can be put off for a copy, and then deletes nothing", async () => {
    const { run, say, own, times } = scene();
    own.saveTo = Uri.file("/tmp/costs.json");
    run();
    await say({ type: "ready" });
    editor.answers = ["Export First…"];
    await say({ type: "delete" });
    expect([times("exportCosts"), times("deleteCosts")]).toEqual([1, 0]);
  });
});
