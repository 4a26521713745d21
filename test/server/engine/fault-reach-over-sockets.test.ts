import { describe, expect, it } from "vitest";
import { anthropicStream, openAiStream, type VendorStream } from "../providers/vendor-streams.ts";
import { type Script, startVendors } from "./fault-scene.ts";
import {
  askedAgain,
  body,
  countedNano,
  counts,
  refuses,
  repeats,
  streams,
  textOf,
  whole,
  words,
} from "./faulty-vendors.ts";

/** What one fault means for other routes and for the next question, over real sockets, wires and books. */

const wires = [
  ["OpenAI-compatible", openAiStream],
  ["Anthropic", anthropicStream],
] as const;
const b = { wire: openAiStream, scripts: [whole] };

/** Bodies as the vendors send them. */
const accounts: readonly (readonly [who: string, wire: VendorStream, status: number, kind: string, sent: object])[] = [
  [
    "OpenAI: no quota",
    openAiStream,
    429,
    "quota",
    {
      error: {
        message: "You exceeded your current quota, please check your plan and billing details.",
        type: "insufficient_quota",
        param: null,
        code: "insufficient_quota",
      },
    },
  ],
  [
    "OpenAI: a rate limit that advises to pay",
    openAiStream,
    429,
    "rate-limit",
    {
      error: {
        message:
          "Rate limit reached for m on requests per day (RPD): Limit 200. Add a payment method on the billing page.",
        type: "requests",
        param: null,
        code: "rate_limit_exceeded",
      },
    },
  ],
  [
    "OpenRouter: no credits",
    openAiStream,
    402,
    "quota",
    { error: { message: "Insufficient credits. Add more using https://openrouter.ai/credits", code: 402 } },
  ],
  [
    "OpenRouter: the key's limit",
    openAiStream,
    403,
    "quota",
    { error: { message: "Key limit exceeded (monthly limit). Manage it in the settings.", code: 403 } },
  ],
  [
    "LiteLLM: budget, 400",
    openAiStream,
    400,
    "quota",
    {
      error: {
        message: "Budget has been exceeded! Current cost: 10.5, Max budget: 10.0",
        type: "budget_exceeded",
        code: "400",
      },
    },
  ],
  [
    "LiteLLM: budget, 429",
    openAiStream,
    429,
    "quota",
    {
      error: {
        message: "ExceededBudget: User=x over budget. Spend=10.5, Budget=10.0",
        type: "budget_exceeded",
        code: "429",
      },
    },
  ],
  [
    "LiteLLM: spend in a window",
    openAiStream,
    429,
    "quota",
    { error: { message: "Crossed spend within 30d. Budget: 5", type: "None", param: null, code: "429" } },
  ],
  [
    "Cloudflare: the gateway's spend limit",
    openAiStream,
    429,
    "quota",
    {
      success: false,
      result: [],
      error: [{ code: 2021, message: "You have exceeded the spend limit for this gateway" }],
    },
  ],
  [
    "Cloudflare: the day's free allocation",
    openAiStream,
    429,
    "quota",
    {
      success: false,
      errors: [{ code: 3036, message: "You have used up your daily free allocation of 10,000 neurons." }],
    },
  ],
  [
    "Anthropic: no credit",
    anthropicStream,
    400,
    "quota",
    {
      type: "error",
      error: { type: "invalid_request_error", message: "Your credit balance is too low to access the API." },
    },
  ],
  [
    "Anthropic: billing",
    anthropicStream,
    402,
    "quota",
    { type: "error", error: { type: "billing_error", message: "Payment required." } },
  ],
  [
    "Anthropic: the limit one set oneself",
    anthropicStream,
    400,
    "quota",
    {
      type: "error",
      error: { type: "invalid_request_error", message: "You have reached your specified API usage limits." },
    },
  ],
  [
    "Anthropic: a rate limit",
    anthropicStream,
    429,
    "rate-limit",
    {
      type: "error",
      error: { type: "rate_limit_error", message: "This request would exceed your organization's rate limit." },
    },
  ],
];

describe("an account", () => {
  it.each(accounts)("%s", async (_who, wire, status, kind, sent) => {
    const text = JSON.stringify(sent);
    const said = /"message":"([^"]*)"/.exec(text)?.[1] ?? "";
    // A second model of the same account would be refused as the first was.
    const { put } = await startVendors({ a: { wire, scripts: [body(status, text)], models: ["a", "a2"] }, b });
    const turn = await put();
    const message =
      kind === "quota"
        ? `The account at a.test is out of credit or over its limit (${status}). "${said}" Add credit or raise the limit there.`
        : `a.test limits the rate of requests (${status}). "${said}" Ask again in a while, or choose another model.`;
    expect(turn.failures).toEqual([{ kind, message }]);
    expect([turn.answer, turn.asked.join(" ")]).toEqual([words, "a b"]);
    expect(turn.rows).toEqual([
      ["a", "failed", 0, "free"],
      ["b", "done", countedNano, "computed"],
    ]);
    const why = kind === "quota" ? "cooling down for 300 s: out of credit" : "cooling down for 15 s: rate limited";
    const next = await put();
    expect([next.asked.join(" "), next.resting]).toEqual(["b", [`a: ${why}`, `a2: ${why}`]]);
  });
});

describe.each(wires)("routes beside a fault (%s)", (_name, wire) => {
  const limited = refuses(429, "rate_limit_error", "Slow down.", { "retry-after": "60" });

  it("two keys that share one quota are each asked once, and then left alone for as long as was asked", async () => {
    const { put, clock } = await startVendors({
      a: { wire, scripts: [limited, whole] },
      a2: { wire, scripts: [limited, whole], sharesHostWith: "a" },
      b,
    });
    expect((await put()).asked.join(" ")).toBe("a a2 b");
    for (const passedMs of [0, 30_000, 20_000]) {
      await clock.advance(passedMs);
      expect((await put()).asked.join(" ")).toBe("b");
    }
  });

  it("a refused key does not stop the same vendor's other key", async () => {
    const { put } = await startVendors({
      a: { wire, scripts: [refuses(401, "authentication_error", "No such key.")], models: ["a", "a2"] },
      other: { wire, scripts: [whole], sharesHostWith: "a" },
      b,
    });
    expect((await put()).asked.join(" ")).toBe("a other");
    expect((await put()).asked.join(" ")).toBe("other");
  });

  it("an overloaded model does not stop the same vendor's other model", async () => {
    const overloaded: Script = (call) =>
      call.body.includes('"a2"') ? whole(call) : refuses(529, "overloaded_error", "Overloaded.")(call);
    const { put } = await startVendors({ a: { wire, scripts: [overloaded], models: ["a", "a2"] }, b });
    const turn = await put();
    expect([turn.asked.join(" "), turn.answer]).toEqual(["a a2", words]);
    expect((await put()).resting).toEqual(["a: cooling down for 15 s: overloaded (529)"]);
  });

  it("thoughts that never end, cut at their bound, are no answer", async () => {
    const endless: Script = repeats((each) => each.reasoning(`${"x".repeat(4_999)}\n`));
    const { put } = await startVendors({ a: { wire, scripts: [endless] }, b });
    const turn = await put();
    expect(turn.failures).toEqual([
      {
        kind: "empty",
        message: "a/a used its whole output before it wrote any text. Try again, or choose another model.",
      },
    ]);
    expect([turn.answer, turn.asked.join(" ")]).toEqual([words, "a b"]);
  });

  it("a rate limit without a time is tried again after a pause where there is no other route", async () => {
    const { put } = await startVendors({
      a: { wire, scripts: [askedAgain(refuses(429, "rate_limit_error", "Slow down.")), whole] },
    });
    const turn = await put();
    expect([turn.answer, turn.asked.join(" ")]).toEqual([words, "a a"]);
  });

  it("a time that the vendors named is kept where there is no other route, too", async () => {
    const { put } = await startVendors({
      a: { wire, scripts: [limited] },
      a2: { wire, scripts: [limited], sharesHostWith: "a" },
    });
    expect((await put()).asked.join(" ")).toBe("a a2");
    const next = await put();
    expect(next.asked).toEqual([]);
    expect(next.failure?.message).toContain("is tried again in 60 s.");
  });

  it("all down, one by its key: the mend and the soonest return are both told", async () => {
    const { put } = await startVendors({
      a: { wire, scripts: [refuses(401, "authentication_error", "No.")] },
      b: { wire, scripts: [refuses(529, "overloaded_error", "Busy.")] },
      c: { wire, scripts: [refuses(429, "rate_limit_error", "Slow down.", { "retry-after": "7" })] },
    });
    expect((await put()).failure?.message).toMatch(/Run "Wayfare: Change Key"\..* c\/c is tried again in 7 s\.$/);
  });

  it("a prompt that is too long goes to a route with more room", async () => {
    const { put } = await startVendors({
      a: { wire, scripts: [refuses(400, "invalid_request_error", "prompt is too long: 40000 tokens > 32000 maximum")] },
      same: { wire, scripts: [whole] },
      large: { wire, scripts: [whole], windowTokens: 200_000 },
    });
    const turn = await put();
    expect([turn.answer, turn.asked.join(" ")]).toEqual([words, "a large"]);
  });

  it("a host that refuses connections is tried twice", async () => {
    const { put, close } = await startVendors({ a: { wire, scripts: [whole] }, b });
    await close("a");
    const turn = await put();
    const message = "a.test refused the connection. Check that the server is running, and the port in the base URL.";
    expect(turn.failures).toEqual([
      { kind: "network", message },
      { kind: "network", message },
    ]);
    expect([turn.answer, turn.asked.join(" ")]).toEqual([words, "b"]);
    expect(turn.rows.slice(0, 2)).toEqual([
      ["a", "failed", 0, "free"],
      ["a", "failed", 0, "free"],
    ]);
  });

  it("a vendor that was down and is back is used again", async () => {
    const { put, clock } = await startVendors({
      a: { wire, scripts: [refuses(503, "api_error", "Busy."), whole] },
      b: { ...b, price: { input: 10, output: 20 } },
    });
    expect((await put()).asked.join(" ")).toBe("a b");
    expect((await put()).asked.join(" ")).toBe("b");
    await clock.advance(16_000);
    for (let count = 0; count < 3; count += 1) expect((await put()).asked.join(" ")).toBe("a");
  });

  it("all of them down: each is asked once, and the soonest return is named", async () => {
    const { put, store } = await startVendors({
      a: { wire, scripts: [refuses(529, "overloaded_error", "Overloaded.")] },
      c: { wire, scripts: [refuses(429, "rate_limit_error", "Slow down.", { "retry-after": "7" })] },
      d: { wire, scripts: [limited] },
    });
    const turn = await put();
    expect([turn.asked.join(" "), turn.state]).toEqual(["a c d", "failed"]);
    expect(turn.failure).toEqual({
      kind: "rate-limit",
      message:
        '3 attempts failed. d.test limits the rate of requests (429). "Slow down." Again in 60 s, or choose another model. c/c is tried again in 7 s.',
    });
    expect(store.ledger.spend().real).toMatchObject({ heldNano: 0, spentNano: 0 });
  });
});

describe("the OpenAI-compatible wire alone", () => {
  const usage = (more: object) => `data: ${JSON.stringify({ choices: [], usage: more })}\n\n`;
  const finished = 'data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\n';
  const right = { prompt_tokens: counts.input, completion_tokens: counts.output };

  it.each<[string, (wire: VendorStream) => string, number, string]>([
    ["usage twice", (wire) => textOf(wire) + finished + usage(right) + usage(right), countedNano, "computed"],
    [
      "usage that grows with each event",
      (wire) => usage({ ...right, completion_tokens: 1 }) + textOf(wire) + finished + usage(right),
      countedNano,
      "computed",
    ],
    ["usage before the end", (wire) => textOf(wire) + usage(right) + finished, countedNano, "computed"],
    ["a reported cost", (wire) => textOf(wire) + finished + usage({ ...right, cost: 0.005 }), 5_000_000, "reported"],
    ["a finish reason and no [DONE]", (wire) => textOf(wire) + finished, 133_000, "estimated"],
  ])("%s", async (_what, make, costNano, source) => {
    // What a provider reports counts where the person has named no price.
    const price = source === "reported" ? { price: null } : {};
    const { put } = await startVendors({ a: { wire: openAiStream, scripts: [streams(make)], ...price } });
    const turn = await put();
    expect([turn.answer, turn.state]).toEqual([words, "done"]);
    expect(turn.rows).toEqual([["a", "done", costNano, source]]);
  });

  it("stream_options that are refused are left out at once, and from then on", async () => {
    const refuse: Script = (call) =>
      call.body.includes("stream_options")
        ? body(
            400,
            '{"error":{"message":"Unknown parameter: stream_options.","param":"stream_options","code":400}}',
          )(call)
        : whole(call);
    const { put, requestsTo } = await startVendors({ a: { wire: openAiStream, scripts: [refuse] }, b });
    const first = await put();
    expect([first.answer, first.asked.join(" "), first.failures]).toEqual([words, "a a", []]);
    expect(first.rows).toEqual([["a", "done", countedNano, "computed"]]);
    expect((await put()).asked.join(" ")).toBe("a");
    expect(requestsTo("a").map((request) => request.body.includes("stream_options"))).toEqual([true, false, false]);
  });

  it("a parameter that is refused again without it ends there", async () => {
    const refuse = body(
      400,
      '{"error":{"message":"Unknown parameter: stream_options.","param":"stream_options","code":400}}',
    );
    const { put } = await startVendors({ a: { wire: openAiStream, scripts: [refuse] }, b });
    const turn = await put();
    expect([turn.answer, turn.asked.join(" ")]).toEqual([words, "a a b"]);
    expect(turn.failures).toEqual([
      {
        kind: "bad-request",
        message: 'a.test does not take the parameter "stream_options" (400). "Unknown parameter: stream_options."',
      },
    ]);
  });
});

it("on Anthropic's wire a stop reason without message_stop is no end", async () => {
  const torn = streams((wire) => textOf(wire) + wire.end("stop", counts).replace(/event: message_stop[\s\S]*$/, ""));
  const { put } = await startVendors({ a: { wire: anthropicStream, scripts: [torn] }, b });
  const turn = await put();
  expect(turn.failures).toEqual([{ kind: "truncated", message: "The answer from a.test broke off before its end." }]);
  expect([turn.answer, turn.restarts]).toEqual([words, ["a/a: cut off before its end"]]);
});
