import { beforeEach, describe, expect, it, vi } from "vitest";
import { registerPriceCommands } from "../../client/price-commands.ts";
import type { Connection } from "../../client/server-process.ts";
import { createSignal } from "../../client/signal.ts";
import type { PricesChanged } from "../../shared/prices.ts";
import { editor, reset, window } from "./fake-vscode.ts";

vi.mock("vscode", () => import("./fake-vscode.ts"));

beforeEach(() => {
  vi.restoreAllMocks();
  reset();
});

const change = (modelId: string, words: string) => ({ providerId: "openai", modelId, words });
const mini = change("gpt-5.4-mini", "input $0.25 → $0.30 per million");

function scene(answers: Record<string, unknown> = {}) {
  const asked: [string, unknown][] = [];
  const changed = createSignal<PricesChanged>();
  const connection: Connection = {
    pid: 1,
    async request(type, params) {
      asked.push([type.method, params]);
      if (!(type.method in answers)) throw new Error("The books are not open.");
      return answers[type.method] as never;
    },
    ask: () => Promise.reject(new Error("not asked here")),
    examine: () => Promise.resolve([]),
    notify: () => undefined,
    close: () => Promise.resolve(),
  };
  const logged: string[] = [];
  registerPriceCommands({
    server: { start: async () => connection, onPricesChanged: changed.on },
    log: (message) => logged.push(message),
  });
  return { asked, changed, logged, run: editor.commands.get("wayfare.refreshPrices") as () => Promise<void> };
}

describe("a price that changed", () => {
  it("is said once, with a way to the prices", async () => {
    const said = vi.spyOn(window, "showInformationMessage").mockResolvedValue("Show Prices" as never);
    scene().changed.fire({ changes: [mini] });
    await vi.waitFor(() => expect(editor.executed).toEqual([["wayfare.showCosts"]]));
    expect(said.mock.calls).toEqual([["gpt-5.4-mini: input $0.25 → $0.30 per million", "Show Prices"]]);
  });

  it("is counted where many did", () => {
    const said = vi.spyOn(window, "showInformationMessage");
    scene().changed.fire({ changes: ["a", "b", "c", "d", "e"].map((id) => change(id, "now free")) });
    expect(said.mock.calls[0]?.[0]).toBe("a: now free; b: now free; c: now free; and 2 more");
  });
});

describe("Refresh Prices", () => {
  it("says what changed", async () => {
    const said = vi.spyOn(window, "showInformationMessage");
    const { run, asked } = scene({
      "wayfare/refreshPrices": { changes: [mini], more: 0, problems: [], read: 2 },
      "wayfare/prices": { held: [] },
    });
    await run();
    expect(said.mock.calls[0]?.[0]).toBe("2 price lists were read: gpt-5.4-mini: input $0.25 → $0.30 per million.");
    expect(asked).toEqual([
      ["wayfare/refreshPrices", {}],
      ["wayfare/prices", {}],
    ]);
  });

  it("says why there was nothing to read, without a count that looks like a failure", async () => {
    const said = vi.spyOn(window, "showInformationMessage");
    for (const problems of [[], ["The list of known prices could not be read, and the old one is kept: offline."]]) {
      await scene({
        "wayfare/refreshPrices": { changes: [], more: 0, problems, read: 0 },
        "wayfare/prices": { held: [] },
      }).run();
    }
    expect(said.mock.calls.map(([words]) => words)).toEqual([
      "Prices stay as they were. No list was read.",
      "Prices stay as they were. The list of known prices could not be read, and the old one is kept: offline.",
    ]);
  });

  it("asks about what was held back, and takes it when the person says so", async () => {
    // In the fake all messages are one function.
    const said = vi.spyOn(window, "showWarningMessage").mockResolvedValue("Use New Prices" as never);
    const held = { source: "gate", sinceMs: 0, why: null, lines: ["held back: openai/x input $2.50 → $25"], more: 0 };
    const { run, asked } = scene({
      "wayfare/refreshPrices": { changes: [], more: 0, problems: ["Could not be read."], read: 1 },
      "wayfare/prices": {
        held: [held, { ...held, source: "genai-prices", lines: [], why: "every price in its list is zero" }],
      },
      "wayfare/acceptPrices": {
        changes: [change("openai/x", "input $2.50 → $25 per million")],
        more: 0,
        problems: [],
        read: 0,
      },
    });
    await run();
    expect(said.mock.calls.map(([words]) => words)).toEqual([
      "1 price list was read: no price changed. Could not be read.",
      "gate: held back: openai/x input $2.50 → $25.",
      "The new prices are used. openai/x: input $2.50 → $25 per million",
      "genai-prices: its new prices are held back, for every price in its list is zero.",
      "The new prices are used. openai/x: input $2.50 → $25 per million",
    ]);
    expect(asked.slice(2)).toEqual([
      ["wayfare/acceptPrices", { source: "gate" }],
      ["wayfare/acceptPrices", { source: "genai-prices" }],
    ]);
  });

  it("says why it could not", async () => {
    const said = vi.spyOn(window, "showErrorMessage");
    const { run, logged } = scene();
    await run();
    expect([said.mock.calls[0]?.[0], logged]).toEqual(["The books are not open.", ["The books are not open."]]);
  });
});
