// @vitest-environment jsdom
import { beforeEach, describe, expect, it } from "vitest";
import { type FromLearned, fromLearnedSchema, type LearnedState } from "../../../client/webview/learned-messages.ts";
import { learnedPage } from "../../../client/webview/learned-page.ts";
import { learnedContent, pageHtml } from "../../../client/webview/page-html.ts";
import { learnedState, row, rows } from "./harness/learned-scenes.ts";

let sent: FromLearned[] = [];
beforeEach(() => {
  sent = [];
});

function open(values: Partial<LearnedState> = {}) {
  document.body = document.createElement("body");
  const html = pageHtml({ nonce: "n", cspSource: "x", scriptUri: "x", styleUri: "x", codiconUri: "x" }, learnedContent);
  document.body.innerHTML = /<body>([\s\S]*)<\/body>/.exec(html)?.[1]?.replace(/<script[\s\S]*/, "") ?? "";
  // What the page says must be what the host can read.
  const receive = learnedPage((message) => sent.push(fromLearnedSchema.parse(message)));
  const show = (next: Partial<LearnedState> = {}) => receive({ type: "state", state: learnedState(next) });
  show(values);
  return { show, receive };
}

const isSeen = (each: Element) => each.closest("[hidden]") === null;
const seenText = () =>
  [...document.querySelectorAll("#notices, #learned > *")]
    .filter(isSeen)
    .map((each) => each.textContent)
    .join("\n");
const buttons = (words: string) =>
  [...document.querySelectorAll("button")].filter((each) => each.textContent === words && isSeen(each));
const table = () =>
  [...document.querySelectorAll("tbody tr")].map((line) =>
    [...line.children].slice(0, -1).map((cell) =>
      [...(cell.querySelector(":scope > div") ?? cell).childNodes]
        .map((each) => each.textContent)
        .filter(Boolean)
        .join(" · "),
    ),
  );

describe("the page of what was learned", () => {
  it("says of each model, kind and language how its answers did, and how far that moves the chance", () => {
    open();
    expect(sent).toEqual([{ type: "ready" }]);
    expect(table()).toEqual([
      [
        "gpt-5.4-mini",
        "Fixes",
        "Rust",
        "once · 2 inserted",
        "7 times · 2 on the same tier, 5 on the frontier tier",
        "once",
        "once",
        "−12 points: worse than thought",
        "40 s ago",
      ],
      [
        "gpt-5.4-mini",
        "Edits",
        "TypeScript",
        "14 times · 11 inserted, 3 copied",
        "once · 1 on the frontier tier",
        "–",
        "–",
        "+6 points: better than thought",
        "40 s ago",
      ],
      [
        "and-a-model-with-a-name-that-is-longer-still",
        "Questions",
        "no code attached",
        "once · 1 copied",
        "–",
        "–",
        "–",
        "hardly at all",
        "3 days ago",
      ],
      [
        "sim-fast (simulated)",
        "Ghost text",
        "Python",
        "40 times · 40 taken as ghost text",
        "–",
        "–",
        "–",
        "+8 points: better than thought",
        "40 s ago",
      ],
    ]);
    expect(seenText()).toContain("Nothing of it leaves this machine.");
  });

  it.each([
    [-3.2, 1.6, "−3 points: from the model's other rows · its own counts: +2 points"],
    [2.6, -1.4, "+3 points: from the model's other rows · its own counts: −1 point"],
    [-3.2, 0.3, "−3 points: from the model's other rows · its own counts: hardly at all"],
    [-3.2, -0.6, "−3 points: worse than thought"],
    [0.4, 1.6, "hardly at all · its own counts: +2 points, made up for by the model's other rows"],
    [0.4, -0.3, "hardly at all"],
  ])("says what comes from other rows: %d points in all, %d of its own", (movedPoints, ownPoints, words) => {
    open({ table: { rows: [row({ kind: "edit", seen: { inserted: 1 }, movedPoints, ownPoints })], enabled: true } });
    expect(table()[0]?.[7]).toBe(words);
  });

  it("says in its first lines what counts, escalations too, and that rows of one model lend to each other", () => {
    open();
    expect(document.querySelector(".explained")?.textContent).toBe(
      "What becomes of answers says how good they were: inserting or copying their code, taking ghost text, " +
        "undoing an insertion, asking again on " +
        "the same tier or the other, and an escalation, where a check finds an answer wanting and another tier is " +
        "asked. It moves the chance that a model's next answer to such a question is right, and with it the tier that " +
        "is asked; it fades by half in 45 days. Rows of one model lend to each other, most of all those of " +
        "one language, so that a row can move against its own counts; it says so where it does. Only these counts " +
        "are kept, never a word of a question, an answer or your code. Nothing of it leaves this machine.",
    );
  });

  it("forgets one row, or asks its host to forget everything", () => {
    open();
    const [, second] = buttons("Forget");
    expect(second?.getAttribute("aria-label")).toBe("Forget openai/gpt-5.4-mini, Edits, TypeScript");
    second?.click();
    buttons("Forget everything")[0]?.click();
    expect(sent.slice(1)).toEqual([
      {
        type: "forget",
        row: {
          providerId: "openai",
          modelId: "gpt-5.4-mini",
          simulated: false,
          kind: "edit",
          languageId: "typescript",
        },
      },
      { type: "forget", row: null },
    ]);
  });

  it("keeps the focus on its row when others come before it, and says that one was forgotten", () => {
    const { show } = open();
    const focused = () => document.activeElement?.getAttribute("aria-label");
    buttons("Forget")[1]?.focus();
    show({ table: { rows: [row({ languageId: "go" }), ...rows], enabled: true } });
    expect(focused()).toBe("Forget openai/gpt-5.4-mini, Edits, TypeScript");
    expect(document.querySelector("#live")?.textContent).toBe("");
    show({ table: { rows: rows.filter(({ kind }) => kind !== "edit"), enabled: true } });
    expect(document.querySelector("#live")?.textContent).toBe("Forgotten.");
    expect(focused()).toMatch(/^Forget /);
    show({ table: { rows: [], enabled: true } });
    expect(document.querySelector("#live")?.textContent).toBe("Everything was forgotten.");
    expect(document.activeElement?.id).toBe("learned");
  });

  it("says what to do where nothing was learned, and offers nothing to forget", () => {
    open({ table: { rows: [], enabled: true } });
    expect(seenText()).toContain("Nothing was learned yet.");
    expect(seenText()).toContain("Nothing of it leaves this machine.");
    expect(buttons("Forget everything")).toEqual([]);
  });

  it("says when learning is off, with the way to the setting", () => {
    open({ table: { rows, enabled: false } });
    expect(seenText()).toContain("Learning is off");
    buttons("Open the setting")[0]?.click();
    expect(sent.at(-1)).toEqual({ type: "command", command: "openSetting" });
  });

  it("shows the ways in before a setup, and the server's trouble as the other pages do", () => {
    const { show } = open({ setup: "nothing", table: null });
    expect(seenText()).toContain("Two ways to begin");
    expect(seenText()).not.toContain("Nothing of it leaves");
    show({ connection: "stopped" });
    expect(seenText()).toContain("Wayfare's server is not running. What stands below is from before.");
  });
});
