import { describe, expect, it } from "vitest";
import { readSettings } from "../../../server/core/read-settings.ts";

const read = (completions: unknown) => {
  const { settings, problems } = readSettings({
    network: {},
    providers: [{ id: "openai", preset: "openai" }],
    completions,
  });
  return { ...settings.completions, problems: problems.map(({ field, message }) => `${field}: ${message}`) };
};
const standard = { "*": true, plaintext: false, markdown: false, scminput: false };

describe("the settings of completions", () => {
  it("are nothing said, code but no prose, and no model by default", () => {
    expect(read(undefined)).toEqual({ enabled: null, languages: standard, model: null, problems: [] });
    expect(read({ enabled: null, model: "" })).toMatchObject({ enabled: null, model: null, problems: [] });
  });

  it("are off where what is written is neither true nor false", () => {
    expect(read({ enabled: true }).enabled).toBe(true);
    expect(read({ enabled: "yes" })).toMatchObject({
      enabled: false,
      problems: [
        'wayfare.completions.enabled: "yes" is neither true nor false. Completions are off. Write one of them.',
      ],
    });
  });

  it("let the person turn a language on, and a workspace only turn one off", () => {
    expect(read({ languages: [{ markdown: true }] }).languages).toEqual({ ...standard, markdown: true });
    expect(read({ languages: [{ markdown: true }, { markdown: false }] }).languages.markdown).toBe(false);
    expect(read({ languages: [{}, { markdown: true, python: false }] }).languages).toEqual({
      ...standard,
      python: false,
    });
    // A workspace that turns everything off but one leaves that one as the person has it.
    expect(read({ languages: [{ rust: false }, { "*": false, python: true, rust: true }] }).languages).toEqual({
      ...standard,
      "*": false,
      python: true,
      rust: false,
    });
  });

  it("name what is no language setting, and take it for off", () => {
    expect(read({ languages: [{ python: "on" }, 5] })).toMatchObject({
      languages: { ...standard, python: false },
      problems: [
        'wayfare.completions.languages.python: "on" is neither true nor false. Completions are off there. Write one of them.',
        'wayfare.completions.languages: 5 is not a list of languages. Write { "*": true, "markdown": false }.',
      ],
    });
  });

  it("keep a model that is not set up, and say so", () => {
    expect(read({ model: "openai/gpt-5.4-mini" })).toMatchObject({ model: "openai/gpt-5.4-mini", problems: [] });
    expect(read({ model: "mistral/codestral" })).toMatchObject({
      model: "mistral/codestral",
      problems: ['wayfare.completions.model: There is no provider "mistral". Use one of: openai.'],
    });
    expect(read({ model: 5 }).problems).toEqual([
      'wayfare.completions.model: 5 is not the name of a model. Write "provider/model", or "" to have one chosen.',
    ]);
  });
});
