import { describe, expect, it } from "vitest";
import { createChatDecoder } from "../../../server/providers/decode-chat.ts";
import { chatUsageSchema, readReportedCost } from "../../../server/providers/read-usage.ts";
import { connectTo, hearRequest, openStream } from "./hear-provider.ts";
import { onTheChatWire, usageOf } from "./vendor-counts.ts";

const line = (data: object) => `data: ${JSON.stringify(data)}\n\n`;
const opening = line({ choices: [{ index: 0, delta: { content: "Hi" }, finish_reason: null }] });
const stopped = { choices: [{ index: 0, delta: {}, finish_reason: "stop" }] };

function hear(text: string, headers: Record<string, string> = {}) {
  return decode(text, headers).filter((part) => part.type === "usage");
}

function decode(text: string, headers: Record<string, string> = {}) {
  const decoder = createChatDecoder({
    host: "api.example.com",
    modelId: "some-model",
    headers,
    secrets: [],
    zeroCost: "unknown",
    nowMs: 0,
  });
  return [...decoder.feed(new TextEncoder().encode(text)).parts, ...decoder.end().parts];
}

describe("what vendors count, as Wayfare counts it", () => {
  it.each(onTheChatWire)("%s", (_name, event, usage) => {
    const heard = hear(`${opening}${line({ ...stopped, ...event })}data: [DONE]\n\n`);
    expect(heard.map((part) => part.usage)).toEqual(usage === null ? [] : [usage]);
  });

  it("a count that is sent twice, and a running one, are one count: the last", () => {
    const counted = (completion: number) =>
      line({ choices: [], usage: { prompt_tokens: 10, completion_tokens: completion } });
    const text = `${counted(1)}${opening}${counted(2)}${line(stopped)}${counted(3)}${counted(3)}data: [DONE]\n\n`;
    expect(hear(text).map((part) => part.usage)).toEqual([usageOf(10, 0, 0, 3, 0)]);
  });

  it("a running count tells how long the prompt was before the answer is over, once", () => {
    const counted = (completion: number) =>
      line({ choices: [], usage: { prompt_tokens: 10, completion_tokens: completion } });
    const promptsIn = (text: string) =>
      decode(text).flatMap((part) => (part.type === "activity" && part.promptUsage) || []);
    const running = `${counted(1)}${opening}${counted(2)}${line(stopped)}${counted(3)}data: [DONE]\n\n`;
    expect(promptsIn(running)).toEqual([usageOf(10, 0, 0, 0, 0)]);
    expect(promptsIn(`${opening}${line(stopped)}${counted(3)}data: [DONE]\n\n`)).toEqual([]);
  });

  it("zeros after a count do not undo it", () => {
    const counted = line({ choices: [], usage: { prompt_tokens: 10, completion_tokens: 4 } });
    const zeros = line({ choices: [], usage: { prompt_tokens: 0, completion_tokens: 0 } });
    expect(hear(`${opening}${line(stopped)}${counted}${zeros}data: [DONE]\n\n`).map((part) => part.usage)).toEqual([
      usageOf(10, 0, 0, 4, 0),
    ]);
  });
});

describe("Anthropic's own wire", () => {
  const named = (type: string, data: object) => `event: ${type}\ndata: ${JSON.stringify({ type, ...data })}\n\n`;
  const answer = (start: object, ends: readonly object[]) =>
    named("message_start", {
      message: {
        id: "msg_1",
        type: "message",
        role: "assistant",
        model: "claude",
        content: [],
        stop_reason: null,
        usage: start,
      },
    }) +
    named("content_block_start", { index: 0, content_block: { type: "text", text: "" } }) +
    named("content_block_delta", { index: 0, delta: { type: "text_delta", text: "Hi" } }) +
    named("content_block_stop", { index: 0 }) +
    ends
      .map((usage) => named("message_delta", { delta: { stop_reason: "end_turn", stop_sequence: null }, usage }))
      .join("") +
    named("message_stop", {});
  const countOf = async (start: object, ends: readonly object[]) => {
    const [provider] = await connectTo("anthropic", (_request, response) => {
      openStream(response).end(answer(start, ends));
    });
    const request = { modelId: "claude", messages: [{ role: "user", text: "Hi" }] as const, maxOutputTokens: 100 };
    const { parts } = await hearRequest(provider, request);
    return parts.flatMap((part) => (part.type === "usage" ? [part.usage] : []));
  };

  it("the cache stands beside input_tokens, and what is kept for an hour is told apart", async () => {
    const start = {
      input_tokens: 21,
      cache_creation_input_tokens: 556,
      cache_read_input_tokens: 1800,
      cache_creation: { ephemeral_5m_input_tokens: 456, ephemeral_1h_input_tokens: 100 },
      output_tokens: 1,
    };
    expect(await countOf(start, [{ output_tokens: 393 }])).toEqual([
      { ...usageOf(21, 1800, 556, 393, 0), cacheWrite1h: 100 },
    ]);
  });

  it("message_delta counts from the beginning: several are not added up", async () => {
    const start = { input_tokens: 25, cache_creation_input_tokens: 0, cache_read_input_tokens: 0, output_tokens: 1 };
    const ends = [
      { input_tokens: 25, output_tokens: 10 },
      { input_tokens: 25, output_tokens: 15 },
    ];
    expect(await countOf(start, ends)).toEqual([usageOf(25, 0, 0, 15, 0)]);
  });

  it("the prompt's count is told before the answer, so that a cut one has it", async () => {
    const usage = { input_tokens: 21, cache_creation_input_tokens: 5, cache_read_input_tokens: 1800, output_tokens: 3 };
    const [provider] = await connectTo("anthropic", (_request, response) => {
      openStream(response).end(answer(usage, []).split("event: content_block_stop")[0]);
    });
    const request = { modelId: "claude", messages: [{ role: "user", text: "Hi" }] as const, maxOutputTokens: 100 };
    const told: unknown[] = [];
    const hearing = async () => {
      for await (const part of provider.stream(request, { signal: new AbortController().signal })) {
        if (part.type === "text-delta") told.push(part.text);
        if (part.type === "activity" && part.promptUsage !== undefined) told.push(part.promptUsage);
      }
    };
    await expect(hearing()).rejects.toThrow("broke off before its end");
    expect(told).toEqual([usageOf(21, 1800, 5, 0, 0), "Hi"]);
  });

  it("more than there can be is no count", async () => {
    expect(await countOf({ input_tokens: 1e15, output_tokens: 1 }, [{ output_tokens: 1e18 }])).toEqual([]);
  });
});

describe("what vendors say that it cost", () => {
  const costOf = (usage: object, zeroCost: "free" | "unknown" = "unknown") =>
    readReportedCost(chatUsageSchema.parse(usage), zeroCost);

  const told: readonly [name: string, usage: object, costUsd: number | null][] = [
    ["OpenRouter", { cost: 0.95, is_byok: false, cost_details: { upstream_inference_cost: 19 } }, 0.95],
    [
      "OpenRouter, own key upstream",
      { cost: 0.01, is_byok: true, cost_details: { upstream_inference_cost: 0.5 } },
      0.51,
    ],
    ["own key upstream, and its price is missing", { cost: 0.01, is_byok: true, cost_details: {} }, null],
    [
      "own key upstream, and its price is no price",
      { cost: 0.01, is_byok: true, cost_details: { upstream_inference_cost: -1 } },
      null,
    ],
    [
      "own key upstream, and the two come to more than a number holds",
      { cost: 1e308, is_byok: true, cost_details: { upstream_inference_cost: 1e308 } },
      null,
    ],
    ["own key upstream, and nothing about it", { cost: 0.01, is_byok: true }, null],
    [
      "Vercel charges cost, neither the market's price nor the gateway's",
      { cost: 0.0021, market_cost: 0.0024, gateway_cost: 0.0003 },
      0.0021,
    ],
    ["xAI counts in ticks", { cost_in_usd_ticks: 37_756_000 }, 0.0037756],
    ["Perplexity's cost is an object", { cost: { input_tokens_cost: 0.001, total_cost: 0.006 } }, 0.006],
    ["as text", { cost: "0.25" }, 0.25],
    ["no amount", { cost: "a lot" }, null],
    ["less than nothing", { cost: -1 }, null],
    ["endless", { cost: "1e999" }, null],
    ["zero, where that means not counted", { cost: 0 }, null],
  ];
  it.each(told)("%s", (_name, usage, costUsd) => {
    expect(costOf(usage)).toBe(costUsd);
  });

  it("zero, where that means free", () => {
    expect(costOf({ cost: 0 }, "free")).toBe(0);
  });

  it("LiteLLM's header is believed for a whole document and not for a stream", () => {
    const headers = { "x-litellm-response-cost": "0.00042" };
    const usage = { prompt_tokens: 10, completion_tokens: 5 };
    const document = {
      object: "chat.completion",
      choices: [{ index: 0, message: { content: "Hi" }, finish_reason: "stop" }],
    };
    expect(hear(JSON.stringify({ ...document, usage }), headers)).toMatchObject([{ reportedCostUsd: 0.00042 }]);
    expect(hear(JSON.stringify({ ...document, usage }), { "x-litellm-response-cost": "0.0" })).toMatchObject([
      { reportedCostUsd: null },
    ]);
    const stream = `${opening}${line({ object: "chat.completion.chunk", ...stopped, usage })}data: [DONE]\n\n`;
    expect(hear(stream, headers)).toMatchObject([{ reportedCostUsd: null }]);
  });
});
