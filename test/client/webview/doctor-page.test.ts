// @vitest-environment jsdom
import { beforeEach, describe, expect, it } from "vitest";
import { type DoctorPageState, type FromDoctor, fromDoctorSchema } from "../../../client/webview/doctor-messages.ts";
import { doctorPage } from "../../../client/webview/doctor-page.ts";
import { doctorContent, pageHtml } from "../../../client/webview/page-html.ts";
import { doctorState, endedRows, row, rows } from "./harness/doctor-scenes.ts";

let sent: FromDoctor[] = [];
beforeEach(() => {
  sent = [];
});

function open(values: Partial<DoctorPageState> = {}) {
  document.body = document.createElement("body");
  const html = pageHtml({ nonce: "n", cspSource: "x", scriptUri: "x", styleUri: "x", codiconUri: "x" }, doctorContent);
  document.body.innerHTML = /<body>([\s\S]*)<\/body>/.exec(html)?.[1]?.replace(/<script[\s\S]*/, "") ?? "";
  // What the page says must be what the host can read.
  const receive = doctorPage((message) => sent.push(fromDoctorSchema.parse(message)));
  const show = (next: Partial<DoctorPageState> = {}) => receive({ type: "state", state: doctorState(next) });
  show(values);
  return { show, receive };
}

const isSeen = (each: Element) => each.closest("[hidden]") === null;
const button = (name: string) =>
  [...document.querySelectorAll("button")].find(
    (each) => isSeen(each) && (each.getAttribute("aria-label") ?? each.textContent) === name,
  );
const text = (selector: string) => document.querySelector(selector)?.textContent;
const lines = () =>
  [...document.querySelectorAll("li.check")].map((line) => [
    line.querySelector(".state-mark")?.textContent,
    line.querySelector("h3")?.textContent,
  ]);

describe("the doctor's page", () => {
  it("shows each row under what it is about, with its state in words, what was seen and what to do", () => {
    open();
    expect([...document.querySelectorAll("h2")].filter(isSeen).map((each) => each.textContent)).toEqual([
      "What wants looking at",
      "openai: OpenAI, api.openai.com",
      "gate: LiteLLM proxy, gate.corp.example:4000",
      "Wayfare on this machine",
    ]);
    expect(lines().slice(0, 5)).toEqual([
      ["In order", "Address"],
      ["In order", "Connection"],
      ["Warning", "Certificate"],
      ["In order", "Way out"],
      ["Broken", "Key"],
    ]);
    expect(text(".doctor-sum")).toBe("3 broken, 3 warnings, 8 in order, 8 not checked.");
    const certificate = document.querySelectorAll("li.check")[2];
    expect(certificate?.querySelector(".seen")?.textContent).toContain("Corp Example Inspection CA 3");
    expect(certificate?.querySelector(".advice")?.textContent).toContain("no public authority");
  });

  it("asks its host for a way out, a row again, everything, and the answer that costs", () => {
    open();
    button("OpenAI: keys")?.click();
    button("Check again: Key, openai: OpenAI, api.openai.com")?.click();
    button("Ask for one word… gpt-5.4-mini, openai: OpenAI, api.openai.com")?.click();
    button("Check everything again")?.click();
    button("Copy diagnostics")?.click();
    expect(sent).toEqual([
      { type: "ready" },
      { type: "way", id: "provider openai key", at: 1 },
      { type: "run", only: "provider openai key" },
      { type: "pay", id: "provider openai call" },
      { type: "run", only: null },
      { type: "command", command: "copyDiagnostics" },
    ]);
  });

  it("counts while it checks, stops at a click, and reads the sum out once at the end", () => {
    const { show } = open({ rows: [], run: "all" });
    show({ rows, run: "all" });
    expect(text(".doctor-sum")).toBe("16 of 22 checked");
    expect(document.querySelector("progress")?.value).toBe(16);
    expect(text("#live")).toBe("");
    button("Check again: Key, openai: OpenAI, api.openai.com")?.click();
    button("Stop")?.click();
    expect(sent.slice(1)).toEqual([{ type: "stop" }]);
    show();
    expect(text("#live")).toBe("Checked: 3 broken, 3 warnings, 8 in order, 8 not checked.");
    expect(document.querySelector("progress")?.hidden).toBe(true);
  });

  it("keeps the focus where it was while rows change, and says what one row came to", () => {
    const { show } = open();
    const name = "Check again: Key, openai: OpenAI, api.openai.com";
    const again = button(name);
    again?.focus();
    const checking = endedRows.map((each) =>
      each.id === "provider openai key" ? { ...each, state: "checking" as const, seen: "" } : each,
    );
    show({ rows: checking, run: "one" });
    expect(document.activeElement).toBe(again);
    expect(again?.getAttribute("aria-disabled")).toBe("true");
    show({
      rows: endedRows.map((each) =>
        each.id === "provider openai key"
          ? { ...each, state: "ok" as const, seen: "The provider accepts it.", ways: [] }
          : each,
      ),
    });
    expect(text("#live")).toBe("Key: In order. The provider accepts it.");
    expect(document.activeElement).toBe(again);
  });

  it("leaves the focus on the row when its button is gone", () => {
    const { show } = open();
    button("Change the key")?.focus();
    show({ rows: [row("key", { state: "checking" })], run: "one" });
    expect(document.activeElement?.getAttribute("aria-label")).toMatch(/^Check again: Key/);
  });

  it("drops rows of providers that are gone, and puts new ones in their order", () => {
    const { show } = open();
    show({ rows: [row("key"), row("models"), ...endedRows.slice(-1)] });
    expect(lines()).toEqual([
      ["In order", "Key"],
      ["In order", "Models"],
      ["In order", "Workspace trust"],
    ]);
    show({ rows: [row("address"), row("key"), ...endedRows.slice(-1)] });
    expect(lines().map(([, title]) => title)).toEqual(["Address", "Key", "Workspace trust"]);
  });

  it("leads from the top to each row that wants something, what is broken first, once the run has ended", () => {
    const { show } = open({ run: "all" });
    const jumps = () => [...document.querySelectorAll<HTMLElement>(".doctor-jumps button")].filter(isSeen);
    expect(jumps()).toEqual([]);
    show();
    expect(text(".doctor-jumps h2")).toBe("What wants looking at");
    expect(jumps().map((each) => each.textContent)).toEqual([
      "Broken: Key, openai: OpenAI, api.openai.com",
      ...jumps()
        .slice(1, 3)
        .map(() => expect.stringMatching(/^Broken: /)),
      ...jumps()
        .slice(3)
        .map(() => expect.stringMatching(/^Warning: /)),
    ]);
    expect(jumps()).toHaveLength(6);
    jumps()[0]?.click();
    expect(document.activeElement).toBe(document.querySelectorAll("li.check")[4]);
    // What is looked at again is mended: its way is gone, and the focus stays where it was.
    jumps()[1]?.focus();
    const at = document.activeElement?.textContent;
    show({ rows: endedRows.map((each) => (each.id === "provider openai key" ? { ...each, state: "ok" } : each)) });
    expect(jumps()).toHaveLength(5);
    expect(document.activeElement?.textContent).toBe(at);
    show({ rows: endedRows.map((each) => ({ ...each, state: "ok" })) });
    expect(jumps()).toEqual([]);
    expect(isSeen(document.querySelector(".doctor-jumps") as Element)).toBe(false);
  });

  it("shows several findings of one row as a list", () => {
    open({ rows: [row("key", { seen: "One." }), row("models", { state: "broken", seen: "a: no\nb: no" })] });
    expect([...document.querySelectorAll("li.check ul.seen li")].map((each) => each.textContent)).toEqual([
      "a: no",
      "b: no",
    ]);
    expect([...document.querySelectorAll("li.check p.seen")].filter(isSeen).map((each) => each.textContent)).toEqual([
      "One.",
    ]);
  });

  it("shows the ways in before a setup, and the server's trouble as the other pages do", () => {
    const { show, receive } = open({ setup: "nothing", rows: endedRows.slice(-2) });
    expect(text("#doctor h2")).toBe("Two ways to begin");
    expect(lines()).toHaveLength(2);
    receive({ type: "focus" });
    expect(document.activeElement?.textContent).toContain("Try the playground");
    show({ connection: "stopped" });
    expect(text("#notices")).toContain("Wayfare's server is not running. What stands below is from before.");
  });
});
