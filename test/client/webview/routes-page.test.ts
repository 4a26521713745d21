// @vitest-environment jsdom
import { beforeEach, describe, expect, it } from "vitest";
import { pageHtml, routesContent } from "../../../client/webview/page-html.ts";
import { type FromRoutes, fromRoutesSchema, type RoutesState } from "../../../client/webview/routes-messages.ts";
import { routesPage } from "../../../client/webview/routes-page.ts";
import type { Order } from "../../../client/webview/sort-routes.ts";
import { drilled, routesState, row, rows } from "./harness/routes-scenes.ts";

let sent: FromRoutes[] = [];
let order: Order | null = null;
beforeEach(() => {
  sent = [];
  order = null;
});

function open(state?: RoutesState) {
  document.body = document.createElement("body");
  const html = pageHtml({ nonce: "n", cspSource: "x", scriptUri: "x", styleUri: "x", codiconUri: "x" }, routesContent);
  document.body.innerHTML = /<body>([\s\S]*)<\/body>/.exec(html)?.[1]?.replace(/<script[\s\S]*/, "") ?? "";
  const receive = routesPage({
    // What the page says must be what the host can read.
    post: (message) => sent.push(fromRoutesSchema.parse(message)),
    recallOrder: () => order,
    rememberOrder: (next) => {
      order = next;
    },
  });
  const show = (values: Partial<RoutesState> = {}) => receive({ type: "state", state: routesState(values) });
  if (state !== undefined) receive({ type: "state", state });
  return { show, receive };
}

const find = (selector: string) => document.querySelector<HTMLElement>(selector);
const live = () => find("#live")?.textContent;
const isShown = (selector: string) => find(selector)?.closest("[hidden]") === null;
const button = (words: string) =>
  [...document.querySelectorAll("button")].find((each) => each.textContent === words && !each.closest("[hidden]"));
const lineOf = (model: string) =>
  [...document.querySelectorAll<HTMLElement>("tr.route")].find(
    (each) => each.querySelector("strong")?.textContent === model,
  );
const names = () => [...document.querySelectorAll("tr.route strong")].map((each) => each.textContent);
const cells = (model: string) =>
  [...(lineOf(model)?.children ?? [])].slice(0, 8).map((cell) =>
    [...cell.querySelectorAll("span, strong")]
      .filter((each) => each.children.length === 0 && each.closest("[hidden]") === null)
      .map((each) => each.textContent)
      .filter(Boolean)
      .join(" · "),
  );

describe("the table of routes", () => {
  it("asks for its state, and says of each route what is known, in the order of the plan", () => {
    open(routesState());
    expect(sent).toEqual([{ type: "ready" }]);
    expect(names()).toEqual([
      "gpt-5.4-mini",
      "qwen3-coder",
      "llama3.2:3b",
      "gpt-5.4",
      "claude-opus-4.6",
      "a-model-with-a-name-that-is-even-longer-preview-2026-11-01",
    ]);
    expect(cells("qwen3-coder")).toEqual([
      "qwen3-coder · openrouter · openrouter.ai",
      "Resting · no first token in 8 s",
      "0.8 s / 7.9 s · waits 8 s, learned",
      "61",
      "27 % · of 12",
      "$0.22 / $0.95",
      "just now",
      "in 12 s",
    ]);
    expect(cells("llama3.2:3b").slice(1)).toEqual(["Ready", "– / – · waits 20 s", "–", "–", "free", "never", "–"]);
    expect(find("caption")?.textContent).toBe("Each tier in the order in which an ordinary question is put to it");
    expect([...document.querySelectorAll("tbody:not([hidden]) .group")].map((each) => each.textContent)).toEqual([
      "cheap 3 routes",
      "frontier 3 routes",
    ]);
  });

  it("is sorted by its heads, up, down, and as the plan has it again; what is not known comes last", () => {
    const { show } = open(routesState());
    const head = (column: string) => find(`th.${column}`);
    const click = (column: string) => head(column)?.querySelector("button")?.click();
    click("price");
    expect(names().slice(0, 3)).toEqual(["llama3.2:3b", "qwen3-coder", "gpt-5.4-mini"]);
    expect(head("price")?.getAttribute("aria-sort")).toBe("ascending");
    click("price");
    expect(names()).toEqual([
      "gpt-5.4-mini",
      "qwen3-coder",
      "llama3.2:3b",
      "claude-opus-4.6",
      "gpt-5.4",
      "a-model-with-a-name-that-is-even-longer-preview-2026-11-01",
    ]);
    expect(order).toEqual({ column: "price", direction: "descending" });
    expect(find("caption")?.textContent).toBe("Each tier sorted by price, descending");
    show();
    expect(head("price")?.getAttribute("aria-sort")).toBe("descending");
    click("price");
    expect([head("price")?.getAttribute("aria-sort"), order]).toEqual(["none", null]);
    expect(names()[0]).toBe("gpt-5.4-mini");
    click("firstToken");
    expect(names()[2]).toBe("llama3.2:3b");
    click("firstToken");
    expect(names()[2]).toBe("llama3.2:3b");
  });

  it("is sorted as it was left", () => {
    order = { column: "errors", direction: "descending" };
    open(routesState());
    expect(names().slice(0, 2)).toEqual(["qwen3-coder", "gpt-5.4-mini"]);
  });

  it("keeps the focus and its elements over refreshes, also where rows change places or go", () => {
    const { show } = open(routesState());
    const test = lineOf("qwen3-coder")?.querySelector("button");
    test?.focus();
    const [first, second, third, ...frontier] = rows;
    show({ rows: [third, second, first, ...frontier].flatMap((each) => each ?? []) });
    expect(names().slice(0, 3)).toEqual(["llama3.2:3b", "qwen3-coder", "gpt-5.4-mini"]);
    expect(document.activeElement).toBe(test);
    show({ rows: [second, ...frontier].flatMap((each) => each ?? []) });
    expect(document.activeElement).toBe(test);
    expect(names()[0]).toBe("qwen3-coder");
    expect(find(".group")?.textContent).toBe("cheap 1 route");
  });

  it("reads out nothing but states that are others now", () => {
    const { show } = open(routesState());
    expect(live()).toBe("");
    show({ atMs: routesState().atMs + 2_000, rows: rows.map((each) => ({ ...each, tokensPerSecond: 5 })) });
    expect(live()).toBe("");
    show({ rows: rows.map((each, at) => (at === 0 ? { ...each, state: "resting", why: "stalled for 10 s" } : each)) });
    expect(live()).toBe("openai/gpt-5.4-mini: resting, stalled for 10 s.");
    show();
    expect(live()).toBe("openai/gpt-5.4-mini: ready.");
  });
});

describe("what can be done about a route", () => {
  it("is to test it, and to read in its row what came of it", () => {
    const { show } = open(routesState());
    const line = () => lineOf("gpt-5.4-mini");
    const test = line()?.querySelector("button");
    expect(test?.getAttribute("aria-label")).toBe("Test now: openai/gpt-5.4-mini");
    test?.click();
    expect(sent.at(-1)).toEqual({ type: "test", providerId: "openai", modelId: "gpt-5.4-mini" });
    const name = "openai/gpt-5.4-mini";
    show({ tests: { [name]: { state: "running" } } });
    expect(line()?.querySelector(".outcome")?.textContent).toBe("Asking…");
    const count = sent.length;
    test?.click();
    expect([sent.length, test?.getAttribute("aria-disabled")]).toEqual([count, "true"]);
    show({
      tests: {
        [name]: { state: "ended", result: { ok: true, firstTokenMs: 830, costNano: 112_000, failure: null } },
      },
    });
    expect(line()?.querySelector(".outcome")?.textContent).toBe("Answered in 0.8 s for $0.0001");
    expect(live()).toBe("openai/gpt-5.4-mini: Answered in 0.8 s for $0.0001.");
    const failure = { kind: "auth", status: 401, message: "The key was refused." } as const;
    show({ tests: { [name]: { state: "ended", result: { ok: false, firstTokenMs: null, costNano: 0, failure } } } });
    expect(line()?.querySelector(".outcome")?.textContent).toBe("The key was refused.");
    expect(lineOf("qwen3-coder")?.querySelector<HTMLElement>(".outcome")?.hidden).toBe(true);
  });

  it("is to pause it, and to take that back with the same button", () => {
    const { show } = open(routesState());
    const pause = lineOf("gpt-5.4-mini")?.querySelectorAll("button")[1];
    pause?.focus();
    pause?.click();
    const route = { type: "pause", providerId: "openai", modelId: "gpt-5.4-mini" };
    expect(sent.at(-1)).toEqual({ ...route, paused: true });
    show({ rows: rows.map((each, at) => (at === 0 ? { ...each, state: "paused", why: "by you" } : each)) });
    expect([pause?.textContent, pause?.getAttribute("aria-label")]).toEqual(["Resume", "Resume openai/gpt-5.4-mini"]);
    expect(document.activeElement).toBe(pause);
    pause?.click();
    expect(sent.at(-1)).toEqual({ ...route, paused: false });
  });
});

describe("without routes", () => {
  it("offers the two ways in where nothing is set up", () => {
    const { receive } = open(routesState({ setup: "nothing", rows: null }));
    expect(isShown("table.routes")).toBe(false);
    expect(isShown("#drill")).toBe(false);
    expect(document.body.textContent).toContain("Nothing is sent until you choose.");
    receive({ type: "focus" });
    expect(document.activeElement?.textContent).toContain("Try the playground");
    for (const each of document.querySelectorAll<HTMLElement>(".way-in")) each.click();
    expect(sent.slice(1)).toEqual([
      { type: "command", command: "usePlayground" },
      { type: "command", command: "addProvider" },
    ]);
  });

  it("says that no model is in a tier", () => {
    open(routesState({ rows: [] }));
    expect(isShown(".no-routes")).toBe(true);
    button("Add a provider")?.click();
    expect(sent.at(-1)).toEqual({ type: "command", command: "addProvider" });
  });

  it("waits for the server, and says when it is away, with the way to bring it back", () => {
    const { show } = open(routesState({ rows: null, connection: "starting" }));
    expect(isShown("#routes > .dim")).toBe(true);
    show({ rows: null, connection: "stopped" });
    expect(isShown("#routes > .dim")).toBe(false);
    expect(find("#notices")?.textContent).toContain("Wayfare's server is not running.");
    button("Restart the server")?.click();
    expect(sent.at(-1)).toEqual({ type: "command", command: "restartServer" });
    show({ connection: "restarting" });
    expect(find("#notices")?.textContent).toBe(
      "Wayfare's server ended and is being started again. What stands below is from before.",
    );
    const count = sent.length;
    for (const each of document.querySelectorAll<HTMLElement>("tr.route button, #drill button")) each.click();
    expect(sent.length).toBe(count);
    show({ problem: "The ledger cannot be read." });
    expect(find("#notices")?.textContent).toContain("The ledger cannot be read. What stands below is from before.");
    show();
    expect(find("#notices")?.textContent).toBe("");
  });
});

describe("the drill", () => {
  it("says what it does not do, is stopped by the button that started it, and shows what a person would have seen", () => {
    const { show } = open(routesState());
    expect(find(".drill-words")?.textContent).toContain("Sends nothing to real providers and costs nothing.");
    const drill = button("Drill");
    drill?.focus();
    drill?.click();
    expect(sent.at(-1)).toEqual({ type: "drill" });
    show({ drill: { state: "running" } });
    expect([drill?.textContent, find("progress")?.hidden]).toEqual(["Stop the drill", false]);
    drill?.click();
    expect(sent.at(-1)).toEqual({ type: "stopDrill" });
    show({ drill: { state: "ended", result: drilled } });
    expect(document.activeElement).toBe(drill);
    expect(live()).toBe("The drill has ended: 3 of 4 cases ended in a whole answer.");
    expect(find(".drill-sum")?.textContent).toContain(
      "3 of 4 cases ended in a whole answer. Asked first, and broken: openai/gpt-5.4-mini; then openrouter/qwen/qwen3-coder, openai/gpt-5.4.",
    );
    const line = [...document.querySelectorAll("table.drill tbody tr")][2];
    expect([...(line?.children ?? [])].map((cell) => cell.querySelector("p")?.textContent ?? cell.textContent)).toEqual(
      [
        "Stops in the middle",
        "92 characters of an answer, then a mark: “openai/gpt-5.4-mini: stalled for 10 s”. The text began again after 11 s, and the whole answer came from openrouter/qwen/qwen3-coder.",
        "openrouter/qwen/qwen3-coder",
        "11 s",
        "Whole",
      ],
    );
    expect(line?.querySelector("summary")?.textContent).toBe("2 attempts, begun again once, would have cost $0.0003");
    expect([...(line?.querySelectorAll("li") ?? [])].map((each) => each.textContent)).toEqual([
      "openai/gpt-5.4-mini: stalled for 10 s",
      "openrouter/qwen/qwen3-coder: answered, first token in 0.5 s",
    ]);
    const opened = line?.querySelector("details");
    opened?.setAttribute("open", "");
    show({ drill: { state: "ended", result: drilled }, atMs: 5 });
    expect(opened?.isConnected && opened.open).toBe(true);
    button("Close the drill")?.click();
    expect(sent.at(-1)).toEqual({ type: "closeDrill" });
    expect(document.activeElement).toBe(drill);
    show();
    expect(find("table.drill")).toBeNull();
  });

  it("says why it could not be run", () => {
    open(routesState({ drill: { state: "broken", message: "Nothing can be asked." } }));
    expect(find("#drill .failure")?.textContent).toBe("Nothing can be asked.");
  });
});

describe("a route whose provider is switched off", () => {
  it("says so, and has the way to switch it on in place of a test and a pause", () => {
    open(routesState({ rows: [row({ modelId: "m", state: "off", why: "its provider is switched off" }), row()] }));
    expect(cells("m")[1]).toBe("Off · its provider is switched off");
    expect([...(lineOf("m")?.querySelectorAll("button") ?? [])].filter(({ hidden }) => !hidden)).toHaveLength(1);
    button("Edit the provider")?.click();
    expect(sent.at(-1)).toEqual({ type: "editProvider", providerId: "openai" });
  });
});

describe("a route whose provider has no key", () => {
  it("says so, and has the way to the key in place of a test and a pause", () => {
    const why = 'run "Wayfare: Change Key"';
    open(routesState({ rows: [row({ modelId: "m", state: "keyless", why }), row()] }));
    expect(cells("m")[1]).toBe(`No key · ${why}`);
    expect([...(lineOf("m")?.querySelectorAll("button") ?? [])].filter(({ hidden }) => !hidden)).toHaveLength(1);
    button("Change the key")?.click();
    expect(sent.at(-1)).toEqual({ type: "changeKey", providerId: "openai" });
  });
});

describe("a free model on this machine that is in no tier", () => {
  it("stands in a group of its own, with what it is kept for", () => {
    open(routesState({ rows: [row(), row({ modelId: "llava", price: "free", isReserve: true })] }));
    const groups = [...document.querySelectorAll("tbody")].filter((each) => !each.hidden);
    expect(groups.map((each) => each.querySelector(".group")?.textContent)).toEqual([
      "cheap 1 route",
      "reserve 1 route, in no tier: asked only when a cap leaves nothing else, free on this machine",
    ]);
    expect(groups[1]?.querySelector("strong")?.textContent).toBe("llava");
  });
});

describe("who says what is known of a model", () => {
  const facts = {
    ...{ windowTokens: 8_192, assumedWindowTokens: 8_000, maxOutputTokens: null, takesImages: null, takesTools: null },
    ...{ thinks: null, fillsHoles: false, sources: { windowTokens: "family" as const } },
  };

  it("is opened by a summary, which takes the focus, and stays open when the page is refreshed", () => {
    const { show } = open(routesState({ rows: [row({ modelId: "m", facts })] }));
    const details = find("details.facts");
    expect(find("details.facts summary")?.textContent).toBe("8.1k window");
    expect([details?.hasAttribute("title"), details?.hasAttribute("open")]).toEqual([false, false]);
    details?.setAttribute("open", "");
    const first = find(".facts li");
    show({ rows: [row({ modelId: "m", facts, requests: 40 })] });
    expect([details?.isConnected, details?.hasAttribute("open"), first?.isConnected]).toEqual([true, true, true]);
    expect(first?.textContent).toBe("Window: 8,192 tokens, by the table of model families");
  });

  it("is not there where nothing is known", () => {
    open(routesState({ rows: [row({ modelId: "m" })] }));
    expect(find("details.facts")?.hidden).toBe(true);
  });
});

describe("a route's words", () => {
  it("make no zero of what is not known, and no hundred of a fraction", () => {
    const one = (values: Parameters<typeof row>[0]) => {
      open(routesState({ rows: [row({ modelId: "m", ...values })] }));
      return cells("m");
    };
    expect(one({ requests: 0.2, failures: 0.2 })[4]).toBe("–");
    expect(one({ requests: 300, failures: 0.4 })[4]).toBe("<1 % · of 300");
    expect(one({ requests: 1.2, failures: 1.3 })[4]).toBe("100 % · of 1");
    expect(one({ price: null })[5]).toBe("?");
    expect(one({ tokensPerSecond: 3.14 })[3]).toBe("3.1");
    expect(one({ state: "resting", untilMs: routesState().atMs - 5 })[7]).toBe("now");
    expect(one({ state: "resting", untilMs: routesState().atMs + 300_000 })[7]).toBe("in 5 min");
    expect(one({ lastUsedMs: routesState().atMs - 2 * 86_400_000 })[6]).toBe("2 days ago");
    expect(one({ simulated: true })[0]).toBe("m · openai · api.openai.com · simulated");
  });
});
