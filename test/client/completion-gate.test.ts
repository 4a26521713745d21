import { describe, expect, it } from "vitest";
import { describeCompletions, type GateFacts, judgeFile } from "../../client/completion-gate.ts";
import { isLanguageOn } from "../../shared/is-language-on.ts";

const idle = { uri: "file:///w/a.ts", server: { working: 0, silent: null, uri: null }, editorShows: true };

function facts(over: Partial<GateFacts> = {}): GateFacts {
  return {
    completions: { on: true, why: null, languages: { "*": true, markdown: false }, model: null },
    trusted: true,
    languageId: "typescript",
    snoozedUntilMs: null,
    nowMs: Date.UTC(2026, 0, 5, 12, 0),
    timeZone: "Europe/Berlin",
    file: { state: "ok" },
    yieldsTo: null,
    ...over,
  };
}
const completions = (over: Partial<NonNullable<GateFacts["completions"]>>) => ({
  completions: { on: true, why: null, languages: { "*": true }, model: null, ...over },
});

describe("what the status bar says of completions", () => {
  it.each<[string, Partial<GateFacts>, string, string | null]>([
    ["nothing, where they come", {}, "on", null],
    ["nothing before the server knows the settings", { completions: null }, "off", null],
    ["nothing when they are simply off", completions({ on: false }), "off", null],
    [
      "why they are off all the same",
      completions({ on: false, why: "no model is set up" }),
      "off",
      "no model is set up",
    ],
    ["Restricted Mode", { trusted: false }, "on", "not trusted"],
    [
      "Restricted Mode, as the server says it too",
      { trusted: false, ...completions({ on: false, why: "this workspace is not trusted" }) },
      "off",
      "not trusted",
    ],
    [
      "nothing of Restricted Mode when they are off anyway",
      { trusted: false, ...completions({ on: false }) },
      "off",
      null,
    ],
    ["a snooze", { snoozedUntilMs: Date.UTC(2026, 0, 5, 13, 5) }, "on", "snoozed until 14:05"],
    ["a snooze without end", { snoozedUntilMs: Number.POSITIVE_INFINITY }, "on", "snoozed until restart"],
    ["no snooze that is over", { snoozedUntilMs: Date.UTC(2026, 0, 5, 11, 59) }, "on", null],
    ["a language", { languageId: "markdown" }, "on", "markdown off"],
    ["no language without an editor", { languageId: null }, "on", null],
    ["a file", { file: { state: "no", why: "secret file" } }, "on", "secret file"],
    ["no file that is being looked at", { file: { state: "unknown" } }, "on", null],
    ["another extension", { yieldsTo: "GitHub Copilot" }, "on", "GitHub Copilot completes"],
  ])("is %s", (_what, over, state, reason) => {
    expect(describeCompletions({ ...facts(over), ...idle })).toEqual({ state, reason });
  });

  it("is the server's word where nothing in this window keeps them away", () => {
    const silent = { ...idle, server: { working: 0, silent: "budget reached", uri: idle.uri } };
    expect(describeCompletions({ ...facts(), ...silent })).toEqual({ state: "on", reason: "budget reached" });
    expect(describeCompletions({ ...facts(), ...silent, server: { ...silent.server, working: 1 } })).toEqual({
      state: "working",
      reason: null,
    });
    expect(describeCompletions({ ...facts(), ...silent, uri: "file:///w/b.ts" }).reason).toBeNull();
    expect(describeCompletions({ ...facts({ languageId: "markdown" }), ...silent }).reason).toBe("markdown off");
  });
});

describe("an editor that shows no ghost text", () => {
  it("is named, where Wayfare itself would complete", () => {
    const words = (over: Partial<GateFacts>) =>
      describeCompletions({ ...facts(over), ...idle, editorShows: false }).reason;
    expect(words({})).toBe("editor.inlineSuggest.enabled is off");
    expect(words({ languageId: "markdown" })).toBe("markdown off");
  });
});

describe("a language", () => {
  it("is on by its own word, else by that of all others, else on", () => {
    expect(isLanguageOn({ "*": true, markdown: false }, "markdown")).toBe(false);
    expect(isLanguageOn({ "*": false, python: true }, "python")).toBe(true);
    expect(isLanguageOn({ "*": false, python: true }, "go")).toBe(false);
    expect(isLanguageOn({}, "go")).toBe(true);
    expect(isLanguageOn({ "*": false }, "constructor")).toBe(false);
  });
});

describe("a file", () => {
  it.each([
    [["/w/a.ts"], false, { state: "ok" }],
    [["/w/a.ts"], true, { state: "no", why: "file ignored" }],
    [["/w/a.ts"], "unknown", { state: "no", why: "ignore file unreadable" }],
    [["/w/.env"], false, { state: "no", why: "secret file" }],
    [["/w/.env"], true, { state: "no", why: "secret file" }],
    [["/w/notes.txt", "/home/me/.ssh/id_rsa"], false, { state: "no", why: "secret file" }],
    [null, false, { state: "no", why: "its link cannot be followed" }],
  ] as const)("%j with ignored %s is %j", (fullPaths, ignored, verdict) => {
    expect(judgeFile({ fullPaths, ignored })).toEqual(verdict);
  });
});
