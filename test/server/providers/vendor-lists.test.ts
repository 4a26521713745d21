import { describe, expect, it, onTestFinished } from "vitest";
import type { ListedModel } from "../../../server/core/provider.ts";
import { readModelList } from "../../../server/providers/list-models.ts";
import { wireRowFor } from "../../../server/providers/presets.ts";
import { failureOf } from "../../../shared/failure.ts";
import type { PresetId } from "../../../shared/settings.ts";
import { connectTo } from "./hear-provider.ts";
import { vendors } from "./vendors/all.ts";

/** Lists of models that are not as their vendor documents them. */

type Step = string | number;
const isBranch = (value: unknown): value is Record<Step, unknown> => typeof value === "object" && value !== null;

/** Every place in a document, the document itself left out. */
function places(value: unknown, path: readonly Step[] = []): Step[][] {
  if (!isBranch(value)) return [];
  const steps: Step[] = Array.isArray(value) ? value.map((_, index) => index) : Object.keys(value);
  return steps.flatMap((step) => [[...path, step], ...places(value[step], [...path, step])]);
}

/** The document with another value at one place. */
function withAt(value: unknown, [step, ...rest]: readonly Step[], other: unknown): unknown {
  if (step === undefined) return other;
  if (Array.isArray(value)) return value.map((each, index) => (index === step ? withAt(each, rest, other) : each));
  return isBranch(value) ? { ...value, [step]: withAt(value[step], rest, other) } : value;
}

const wrong: readonly unknown[] = [
  null,
  -1,
  0,
  1.5,
  1e300,
  "",
  "many",
  "-0.5",
  "1e999",
  true,
  [],
  [null],
  {},
  { a: 1 },
];

const isCount = (count: number | null) => count === null || (Number.isInteger(count) && count > 0);
const isRate = (rate: number) => Number.isFinite(rate) && rate >= 0;

function expectSound(model: ListedModel): void {
  expect(model.id).not.toBe("");
  expect([model.windowTokens, model.maxOutputTokens].every(isCount)).toBe(true);
  expect([undefined, true, false]).toContain(model.takesImages);
  expect([undefined, true, false]).toContain(model.takesTools);
  if (model.price === null || model.price === "free") return;
  for (const { fromInputTokens, ...rates } of model.price.tiers) {
    expect([fromInputTokens, ...Object.values(rates)].every(isRate)).toBe(true);
  }
}

const lists = Object.values(vendors).flatMap(({ preset, models }) => ("status" in models ? [] : [{ preset, models }]));

describe.each(lists)("the list of $preset", ({ preset, models }) => {
  const { priceList } = wireRowFor(preset, "http://127.0.0.1:1/v1");
  const local = preset === "ollama" ? "yes" : "no";

  it("is sound with each of its fields wrong in turn, and no model of another row is lost", () => {
    const document: unknown = JSON.parse(models.body);
    for (const path of places(document)) {
      for (const other of wrong) {
        const read = readModelList(JSON.stringify(withAt(document, path, other)), { priceList, local });
        for (const model of read ?? []) expectSound(model);
        // A wrong field of a row costs at most that row.
        const at = path.findIndex((step) => typeof step === "number");
        const isInRow = at >= 0 && path.length > at + 1;
        const kept = models.expected.filter(({ id }) => read?.some((model) => model.id === id));
        if (isInRow && models.expected.length > 1)
          expect(kept.length).toBeGreaterThanOrEqual(models.expected.length - 1);
      }
    }
  });
});

describe("a list over the wire", () => {
  const presets: readonly PresetId[] = ["openai-compatible", "openrouter", "cloudflare", "anthropic"];
  const answer = (body: string, contentType = "application/json", status = 200) => [status, contentType, body] as const;
  const list = async (preset: PresetId, [status, contentType, body]: ReturnType<typeof answer>) => {
    const [provider, server] = await connectTo(preset, (_request, response) => {
      response.writeHead(status, { "content-type": contentType }).end(body);
    });
    onTestFinished(() => server.close());
    const result = await provider.listModels({ signal: new AbortController().signal }).catch(failureOf);
    return { result, host: `127.0.0.1:${server.port}` };
  };

  it.each(presets)("of 6,000 models is read up to 5,000, for %s", async (preset) => {
    const data = Array.from({ length: 6_000 }, (_, index) => ({ id: `model-${index}`, context_length: 8_192 }));
    const { result } = await list(preset, answer(JSON.stringify({ object: "list", data })));
    expect(result).toHaveLength(5_000);
    expect(result).toMatchObject({ 0: { id: "model-0", windowTokens: 8_192 }, 4999: { id: "model-4999" } });
  });

  it("leaves out names that draw over others, or fill the screen", async () => {
    const data = ["good", "e\u202evil", "two\nlines", "x".repeat(3_000)].map((id) => ({ id }));
    expect((await list("openai-compatible", answer(JSON.stringify({ data })))).result).toMatchObject([{ id: "good" }]);
  });

  it.each(presets)("of none is empty, for %s", async (preset) => {
    expect((await list(preset, answer('{"object":"list","data":[]}'))).result).toEqual([]);
    expect((await list(preset, answer("[]"))).result).toEqual([]);
  });

  it.each(presets)("that is a web page is none, for %s", async (preset) => {
    const page = answer("<!doctype html><title>Sign in</title>", "text/html; charset=utf-8");
    const { result, host } = await list(preset, page);
    expect(result).toMatchObject({
      kind: "not-an-api",
      message: `${host} answered with a web page, not with an API (200). "Sign in" Check the base URL; a login page of your network can also answer in its place.`,
    });
    // Under the wrong label, too.
    expect((await list(preset, answer("<html><body>hello"))).result).toMatchObject({ kind: "not-an-api" });
  });

  it.each([
    "",
    "OK",
    "{}",
    '{"ok":true}',
    '{"data":"none"}',
    '{"data":{"a":1}}',
    "null",
    "[1,2,3]",
    '[{"object":"model"}]',
  ])("by one that answers 200 to anything is none: %s", async (body) => {
    for (const preset of presets) {
      const { result, host } = await list(preset, answer(body));
      expect(result).toMatchObject({
        kind: "not-an-api",
        message: `${host} answered, but not with a list of models. Check the path of the base URL; it often ends in /v1.`,
      });
    }
  });

  it("that is an error with 200 is that error", async () => {
    for (const preset of presets) {
      const { result } = await list(preset, answer('{"error":{"message":"Invalid key","code":"invalid_api_key"}}'));
      expect(result).toMatchObject({ kind: "auth" });
    }
  });
});
