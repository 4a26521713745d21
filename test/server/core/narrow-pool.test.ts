import { describe, expect, it } from "vitest";
import { isInPool, readPool } from "../../../server/core/narrow-pool.ts";
import type { SettingProblem } from "../../../shared/settings.ts";

const read = (levels: unknown) => {
  const problems: SettingProblem[] = [];
  return { pool: readPool(levels, problems), problems: problems.map(({ field, message }) => `${field}: ${message}`) };
};

describe("the pool", () => {
  it.each([
    ["openai/gpt-5.4", [], true],
    ["openai/gpt-5.4", [["openai/gpt-5.4"]], true],
    ["openai/gpt-5.4-mini", [["openai/gpt-5.4"]], false],
    ["openai/gpt-5.4", [["openai"]], true],
    ["openai-eu/gpt-5.4", [["openai"]], false],
    ["openai/gpt-5.4", [["openai/*"]], true],
    ["openrouter/qwen/qwen3-coder", [["openrouter/qwen/*"]], true],
    ["openrouter/qwen/qwen3-coder", [["*/qwen*coder"]], true],
    ["openrouter/qwen/qwen3", [["*/qwen*coder"]], false],
    ["a/b", [["a/b*b"]], false],
    ["a/bb", [["a/b*b"]], true],
    ["openai/gpt-5.4", [["openai/gpt-5.4", "a/b"], ["a/b"]], false],
    ["a/b", [["openai/gpt-5.4", "a/b"], ["a/b"]], true],
    ["a/b", [[]], false],
  ] as const)("%s in %j: %s", (name, pool, isIn) => {
    expect(isInPool(name, pool)).toBe(isIn);
  });

  it("takes a name of stars and a long model in a moment", () => {
    expect(isInPool(`a/${"b".repeat(10_000)}`, [[`a/${"*b".repeat(200)}*c`]])).toBe(false);
  });

  it("is one list for each level; an empty one narrows nothing, one that cannot be read lets nothing through", () => {
    expect(read(undefined)).toEqual({ pool: [], problems: [] });
    expect(read([[], null, [" a/b "], ["c"]])).toEqual({ pool: [["a/b"], ["c"]], problems: [] });
    expect(read(["a/b"])).toEqual({
      pool: [[]],
      problems: [
        'wayfare.pool: "a/b" is not a list, so no model is used. Write [ "provider/model" ], or [] for every model.',
      ],
    });
    expect(read([[7, "a/b"]])).toEqual({
      pool: [["a/b"]],
      problems: [
        'wayfare.pool[0]: 7 is not the name of a model. Write "provider/model", or "provider/*" for all of a provider\'s.',
      ],
    });
    expect(read([[7]]).pool).toEqual([[]]);
  });
});
