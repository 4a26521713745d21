// @vitest-environment jsdom
import { beforeEach, describe, expect, it } from "vitest";
import { type CostsState, type FromCosts, fromCostsSchema } from "../../../client/webview/costs-messages.ts";
import { costsPage } from "../../../client/webview/costs-page.ts";
import type { Charts, Series } from "../../../client/webview/draw-charts.ts";
import { costsContent, pageHtml } from "../../../client/webview/page-html.ts";
import { costsState, dear, group, huge, nothingSpent, record, report, savings } from "./harness/costs-scenes.ts";

let sent: FromCosts[] = [];
let overTime: { labels: string[]; series: Series[] }[] = [];
let bars: Series[][] = [];
beforeEach(() => {
  sent = [];
  overTime = [];
  bars = [];
});

/** jsdom has no canvas: what would be drawn is kept. */
const charts: Charts = {
  page: () => [31, 31, 31],
  tiers: () =>
    new Map([
      ["cheap", [78, 201, 176]],
      ["frontier", [211, 155, 208]],
    ]),
  timeline: () => ({ show: (data) => void overTime.push(data), dispose: () => undefined }),
  bars: () => ({ show: ({ series }) => void bars.push(series), dispose: () => undefined }),
  swatch: () => undefined,
};

function open(state?: CostsState) {
  document.body = document.createElement("body");
  const html = pageHtml({ nonce: "n", cspSource: "x", scriptUri: "x", styleUri: "x", codiconUri: "x" }, costsContent);
  document.body.innerHTML = /<body>([\s\S]*)<\/body>/.exec(html)?.[1]?.replace(/<script[\s\S]*/, "") ?? "";
  // What the page says must be what the host can read.
  const page = costsPage((message) => sent.push(fromCostsSchema.parse(message)), charts);
  const show = (values: Partial<CostsState> = {}) => page.receive({ type: "state", state: costsState(values) });
  if (state !== undefined) page.receive({ type: "state", state });
  return { show, ...page };
}

const find = (selector: string) => document.querySelector<HTMLElement>(selector);
const live = () => find("#live")?.textContent;
const isShown = (selector: string) => find(selector)?.closest("[hidden]") === null;
const button = (words: string) =>
  [...document.querySelectorAll("button")].find((each) => each.textContent === words && !each.closest("[hidden]"));
const choose = (name: string, value: string) => {
  const input = find(`input[name=${name}][value=${value}]`);
  input?.click();
};
const names = (caption: string) =>
  [...document.querySelectorAll("table")]
    .filter((table) => table.caption?.textContent === caption)
    .flatMap((table) => [...table.querySelectorAll("tbody tr")].map((row) => row.firstElementChild?.textContent));

describe("what is shown", () => {
  it("is asked for by choosing: days, workspace, book, and by what it is split", () => {
    open(costsState());
    expect(sent).toEqual([{ type: "ready" }]);
    const params = { ...report().params };
    choose("range", "today");
    expect(sent.at(-1)).toEqual({ type: "params", params: { ...params, range: { kind: "days", days: 1 } } });
    choose("range", "month");
    choose("range", "days30");
    choose("range", "all");
    expect(sent.slice(-3).map((each) => each.type === "params" && each.params.range)).toEqual([
      { kind: "month" },
      { kind: "days", days: 30 },
      { kind: "all" },
    ]);
    const workspace = document.querySelector<HTMLSelectElement>("#workspace");
    expect([...(workspace?.options ?? [])].map((each) => each.textContent)).toEqual([
      "All workspaces",
      "shop",
      "blog",
      "No workspace",
    ]);
    if (workspace !== null) workspace.selectedIndex = 3;
    workspace?.dispatchEvent(new Event("change"));
    expect(sent.at(-1)).toMatchObject({ params: { workspace: "no workspace" } });
    const book = document.querySelector<HTMLSelectElement>("#book");
    if (book !== null) book.value = "simulated";
    book?.dispatchEvent(new Event("change"));
    choose("dimension", "model");
    expect(sent.at(-1)).toEqual({
      type: "params",
      params: { range: { kind: "all" }, workspace: "no workspace", book: "simulated", splitBy: "model" },
    });
  });

  it("begins between two days with those on the page, and takes no first day after the last", () => {
    const { show } = open(costsState());
    expect(isShown("input[type=date]")).toBe(false);
    choose("range", "between");
    expect(sent.at(-1)).toMatchObject({
      params: { range: { kind: "between", fromDay: "2026-11-12", toDay: "2026-11-18" } },
    });
    const [from] = document.querySelectorAll<HTMLInputElement>("input[type=date]");
    expect([isShown("input[type=date]"), from?.value]).toEqual([true, "2026-11-12"]);
    const count = sent.length;
    const set = (value: string) => {
      if (from !== undefined) from.value = value;
      from?.dispatchEvent(new Event("change"));
    };
    set("2026-11-20");
    const refused =
      "The first day is after the last: choose another one. The figures below are still those of Nov 12 to Nov 18.";
    expect([sent.length, find(".refused")?.textContent]).toEqual([count, refused]);
    expect([from?.getAttribute("aria-invalid"), from?.getAttribute("aria-describedby")]).toEqual([
      "true",
      find(".refused")?.id,
    ]);
    // A refresh leaves what was typed, and what was said of it.
    const range = { kind: "between", fromDay: "2026-11-12", toDay: "2026-11-18" } as const;
    show({ params: { ...report().params, range } });
    expect([from?.value, find(".refused")?.textContent]).toEqual(["2026-11-20", refused]);
    set("2026-11-14");
    expect([sent.at(-1), find(".refused")?.textContent]).toMatchObject([
      { params: { range: { kind: "between", fromDay: "2026-11-14", toDay: "2026-11-18" } } },
      "",
    ]);
    expect(from?.getAttribute("aria-invalid")).toBe("false");
    // Nothing is exported or deleted that is not what stands in the fields.
    const acts = () =>
      [...document.querySelectorAll<HTMLButtonElement>(".block-actions button")].map((each) => each.disabled);
    expect(acts()).toEqual([false, false, false]);
    set("");
    expect([find(".refused")?.textContent, acts()]).toEqual([
      "Choose a first and a last day. The figures below are still those of Nov 12 to Nov 18.",
      [true, true, true],
    ]);
    expect(button("Delete…")?.title).toBe("First choose two days that are a range");
    set("2026-11-14");
    expect([acts(), button("Delete…")?.title]).toEqual([[false, false, false], ""]);
    // Other days take back what was refused.
    set("");
    show({ params: { ...report().params, range: { ...range, fromDay: "2026-11-15" } } });
    expect([from?.value, find(".refused")?.textContent, acts()]).toEqual(["2026-11-15", "", [false, false, false]]);
  });

  it("says of simulated money that it is", () => {
    const { show } = open(costsState());
    expect(isShown("#costs > .notice")).toBe(false);
    show({ params: { ...report().params, book: "simulated" } });
    expect(isShown("#costs > .notice")).toBe(true);
    expect(find("#costs > .notice")?.textContent).toBe(
      "Simulated money: no provider was paid. It is kept in its own book, never added to real money, and counts under no cap.",
    );
  });

  it("is written out and deleted by the buttons at the head, where there is something", () => {
    const { show } = open(costsState());
    for (const words of ["Export CSV…", "Export JSON…", "Delete…"]) button(words)?.click();
    expect(sent.slice(1)).toEqual([
      { type: "export", format: "csv" },
      { type: "export", format: "json" },
      { type: "delete" },
    ]);
    show({ report: nothingSpent });
    expect(button("Delete…")).toBeUndefined();
  });
});

describe("the figures", () => {
  it("stay opened and in their order when one goes and comes again", () => {
    const { show } = open(costsState());
    const cards = () =>
      [...document.querySelectorAll<HTMLElement>(".figure:not([hidden])")].map((card) => card.dataset.figure);
    const all = ["spent", "answer", "line", "frontier", "single", "cache", "failed"];
    find("[data-figure=cache] details")?.setAttribute("open", "");
    show({ report: report({ savings: { ...savings, bestSingle: "frontier" } }) });
    expect(cards()).toEqual(all.filter((key) => key !== "single"));
    show();
    expect([cards(), find("[data-figure=cache] details")?.hasAttribute("open")]).toEqual([all, true]);
  });
});

describe("pictures and tables", () => {
  it("are of the same figures, and the picture says its gist", () => {
    open(costsState());
    expect(overTime).toHaveLength(1);
    expect(overTime[0]?.labels[6]).toBe("Nov 18");
    expect(overTime[0]?.series.map(({ name, pattern }) => [name, pattern])).toEqual([
      ["Frontier", "solid"],
      ["Cheap", "rising"],
    ]);
    expect(bars[0]?.map(({ name, spentNano, pattern }) => [name, spentNano, pattern])).toEqual([
      ["Frontier", [920_000_000], "solid"],
      ["Cheap", [280_000_000], "rising"],
    ]);
    // A tier looks as its badge does, in both pictures.
    expect([overTime[0]?.series, bars[0]].map((each) => each?.map(({ colour }) => colour))).toEqual([
      [
        [211, 155, 208],
        [78, 201, 176],
      ],
      [
        [211, 155, 208],
        [78, 201, 176],
      ],
    ]);
    const [picture] = document.querySelectorAll("canvas");
    expect([picture?.getAttribute("role"), picture?.getAttribute("aria-label")]).toEqual([
      "img",
      "Spending by day, split by tier: $1.20 in all; the most on Nov 17, $0.3800.",
    ]);
    expect([...document.querySelectorAll(".legend li")].map((each) => each.textContent)).toEqual([
      "Cheap$0.2800",
      "Frontier$0.9200",
    ]);
    expect(names("Spending by day, split by tier")).toHaveLength(7);
    const [row] = document.querySelectorAll(".cost-charts section:nth-of-type(2) tbody tr");
    expect([...(row?.children ?? [])].map((cell) => cell.textContent)).toEqual([
      "Frontier",
      "$0.9200",
      "77 %",
      "26",
      "16",
      "3",
      "314k",
      "958k",
      "49,067",
      "44,773",
      "184",
      "$0.0050",
    ]);
  });

  it("follow the dimension at once, and are drawn anew only when something is new, or for another theme", () => {
    const { show, redraw } = open(costsState());
    show();
    expect(overTime).toHaveLength(1);
    redraw();
    expect(overTime).toHaveLength(2);
    show({ params: { ...report().params, splitBy: "model" } });
    expect(names("Spending by model, the dearest first")).toEqual([
      "anthropic/claude-sonnet-5",
      "openai/gpt-5.4-mini",
      "openai/gpt-5.4",
      "ollama/llama3.2:3b",
    ]);
    const unknown = [...document.querySelectorAll("td")].find((cell) => cell.title === "2 of unknown price");
    expect(unknown?.textContent).toBe("$0.2800 + ?");
  });

  it("are sorted by a click, numbers from the largest, and as they were with the third", () => {
    open(costsState({ params: { ...report().params, splitBy: "model" } }));
    const head = () => button("Lines");
    const caption = "Spending by model, the dearest first";
    const before = names(caption);
    head()?.focus();
    head()?.click();
    expect(names(caption)[3]).toBe("ollama/llama3.2:3b");
    expect(head()?.closest("th")?.getAttribute("aria-sort")).toBe("descending");
    head()?.click();
    expect(names(caption)[0]).toBe("ollama/llama3.2:3b");
    head()?.click();
    expect(names(caption)).toEqual(before);
    expect(document.activeElement).toBe(head());
  });

  it("of many rows show the first, and all on demand", () => {
    open(costsState({ report: huge }));
    const caption = "Spending by model, the dearest first";
    expect(names(caption)).toHaveLength(12);
    button("Show all 50")?.click();
    expect(names(caption)).toHaveLength(50);
    expect(names(caption).at(-1)).toBe("All others");
    expect(bars[0]).toHaveLength(10);
  });
});

describe("the dearest requests", () => {
  const explain = (at: number) => document.querySelectorAll<HTMLButtonElement>(".dear .acts button")[at];

  it("are named by their question, or their conversation, with route and reason", () => {
    const [first, second, third] = report().dearest;
    if (first === undefined || second === undefined || third === undefined) throw new Error("three requests");
    open(costsState({ report: report({ dearest: [first, { ...second, questionHead: "" }, third] }) }));
    const rows = [...document.querySelectorAll(".dear tbody tr:not(.explained)")];
    expect(rows.map((row) => row.querySelector(".dear-title")?.textContent)).toEqual([
      "Which tests break when the cart moves?",
      "Move the cart to the new store",
      "A completion in TypeScript",
    ]);
    expect(rows[1]?.children[1]?.textContent).toBe("openai/gpt-5.4 frontieryou chose frontier");
    expect(explain(0)?.getAttribute("aria-label")).toBe(
      "Explain this request: Which tests break when the cart moves? ($0.3100)",
    );
  });

  it("are explained below, once, with everything that the books hold", () => {
    const { show } = open(costsState());
    explain(0)?.focus();
    explain(0)?.click();
    expect(sent.at(-1)).toEqual({ type: "explain", requestId: "turn-2" });
    expect([explain(0)?.getAttribute("aria-expanded"), isShown("#explained-turn-2")]).toEqual(["true", true]);
    show({ explained: { "turn-2": { state: "known", record } } });
    const panel = find("#explained-turn-2 .decision-panel");
    expect(panel?.querySelector("h3")?.textContent).toBe("Long change over four files; answered for $0.3100");
    expect(panel?.querySelectorAll("[role=meter]")).toHaveLength(2);
    expect(panel?.textContent).toContain(
      "Foreseen before it was asked:cheap right41 %frontier right88 %four files to change, a short question",
    );
    expect([...(panel?.querySelectorAll(".attempt .attempt-source") ?? [])].map((each) => each.textContent)).toEqual([
      "cost estimated: the stream ended before the provider had counted",
      "61,000 → 4,100 tokens, 20,000 of the input cached, 900 of the output reasoning · cost computed from the provider's token counts and prices",
    ]);
    expect([...(panel?.querySelectorAll("summary") ?? [])].map((each) => each.textContent)).toEqual([
      "Plan: 2 routes, in this order",
      "Left out: 1 route",
      "Features: 2",
    ]);
    expect(panel?.textContent).toContain(
      "Its name above is read from the conversation, and goes when you delete that. The record holds no text of the request; turn on wayfare.audit.keepQuestions to keep questions from then on.",
    );
    button("Open the setting")?.click();
    expect(sent.at(-1)).toEqual({ type: "openSetting", setting: "wayfare.audit.keepQuestions" });
    const details = panel?.querySelector("details");
    details?.setAttribute("open", "");
    // A refresh leaves what is read as it is.
    show({
      explained: { "turn-2": { state: "known", record } },
      report: report({ dearest: [dear(1), ...report().dearest] }),
    });
    expect([details?.isConnected, document.activeElement?.getAttribute("aria-expanded")]).toEqual([true, "true"]);
    const count = sent.length;
    button("Hide the explanation")?.click();
    expect([isShown("#explained-turn-2"), sent.length]).toEqual([false, count]);
  });

  it("show the question only where the person keeps it, and say when nothing is known any more", () => {
    const { show } = open(costsState());
    explain(0)?.click();
    show({ explained: { "turn-2": { state: "known", record: { ...record, question: "Why <b>?" } } } });
    expect(find("#explained-turn-2 pre")?.textContent).toBe("Why <b>?");
    show({ explained: { "turn-2": { state: "gone" } } });
    expect(find("#explained-turn-2")?.textContent).toBe(
      "The books have no record of this request any more: it was deleted.",
    );
    show({ explained: { "turn-2": { state: "broken", message: "The ledger cannot be read." } } });
    expect(find("#explained-turn-2")?.textContent?.trim()).toBe("The ledger cannot be read.");
  });
});

describe("without figures", () => {
  it("offers the two ways in where nothing is set up", () => {
    const { receive } = open(costsState({ setup: "nothing", report: null }));
    expect([isShown(".filters"), isShown(".costs-content")]).toEqual([false, false]);
    receive({ type: "focus" });
    expect(document.activeElement?.textContent).toContain("Try the playground");
    for (const each of document.querySelectorAll<HTMLElement>(".way-in")) each.click();
    expect(sent.slice(1)).toEqual([
      { type: "command", command: "usePlayground" },
      { type: "command", command: "addProvider" },
    ]);
  });

  it("says that the books have nothing, of which days, and what will stand here", () => {
    open(costsState({ report: nothingSpent }));
    expect([isShown(".costs-content"), isShown(".filters")]).toEqual([false, true]);
    expect(find(".nothing-spent p")?.textContent).toBe(
      "The books have no request from Nov 12 to Nov 18. What you delete is gone from them, too; what caps have counted of it stays counted.",
    );
    button("Ask something")?.click();
    expect(sent.at(-1)).toEqual({ type: "command", command: "focusChat" });
  });

  it("waits for the server, keeps what stands there, and says the ledger's own sentence", () => {
    const { show } = open(costsState({ report: null, isAsking: true }));
    expect(isShown("#costs > .late")).toBe(true);
    show({ isAsking: true });
    expect([isShown(".asking"), isShown(".costs-content")]).toEqual([false, true]);
    show({ isAsking: true, params: { ...report().params, range: { kind: "all" } } });
    expect([isShown(".asking"), find(".costs-content")?.getAttribute("aria-busy")]).toEqual([true, "true"]);
    show({ problem: "The ledger cannot be read." });
    expect(find("#notices")?.textContent).toContain("The ledger cannot be read. What stands below is from before.");
    show({ connection: "stopped", report: null });
    button("Restart the server")?.click();
    expect(sent.at(-1)).toEqual({ type: "command", command: "restartServer" });
  });
});

describe("what is read out", () => {
  it("is the sum of what was asked for anew, and not each refresh", () => {
    const { show } = open(costsState());
    show({ report: report({ total: { ...report().total, requests: 35 } }) });
    expect(live()).toBe("");
    const params = {
      range: { kind: "days", days: 1 },
      book: "simulated",
      workspace: "file:///a/shop",
      splitBy: "tier",
    } as const;
    const next = report({ params, fromDay: "2026-11-18", groups: { ...report().groups, tier: [group("cheap", 1)] } });
    show({ params, report: next });
    expect(live()).toBe("today in shop: $1.20 simulated in 34 requests.");
  });
});
