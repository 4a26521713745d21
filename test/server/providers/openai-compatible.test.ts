import { afterEach, describe, expect, it, vi } from "vitest";
import { cacheMarkPlaces } from "../../../server/core/cache-marks.ts";
import type { Message, ProviderPart, ProviderRequest } from "../../../server/core/provider.ts";
import { encodeChat, type OptionalParameter, parameterToLeaveOut } from "../../../server/providers/encode-chat.ts";
import type { Http } from "../../../server/providers/http.ts";
import { openAiCompatible } from "../../../server/providers/openai-compatible.ts";
import { wireRowFor } from "../../../server/providers/presets.ts";
import { nineCharacterCallId } from "../../../server/providers/tool-call-ids.ts";
import { failureOf } from "../../../shared/failure.ts";
import type { PresetId } from "../../../shared/settings.ts";

const request: ProviderRequest = { modelId: "m", messages: [{ role: "user", text: "Why?" }], maxOutputTokens: 500 };
const rowOf = (preset: PresetId, baseUrl = "https://api.example.com/v1") => wireRowFor(preset, baseUrl);
const encode = (preset: PresetId, refused: OptionalParameter[] = [], more: Partial<ProviderRequest> = {}) =>
  encodeChat({ ...request, ...more }, rowOf(preset), new Set(refused));

describe("the request", () => {
  it("is what each preset's vendor takes", () => {
    const messages = [{ role: "user", content: "Why?" }];
    const ask = { model: "m", messages, stream: true, stream_options: { include_usage: true } };
    expect(encode("openai")).toEqual({ ...ask, max_completion_tokens: 500 });
    expect(encode("openrouter")).toEqual({ ...ask, max_tokens: 500 });
    expect(encode("ollama", [], { temperature: 0, stop: ["\n"] })).toEqual({
      ...ask,
      max_tokens: 500,
      temperature: 0,
      stop: ["\n"],
    });
    const mistral = rowOf("openai-compatible", "https://api.mistral.ai/v1");
    expect(encodeChat(request, mistral, new Set())).toEqual({ model: "m", messages, stream: true, max_tokens: 500 });
  });

  it("says how finely an image is to be looked at, until a server refuses that", () => {
    const images = [
      { url: "https://example.com/a.png", detail: "low" },
      { mediaType: "image/png", base64: "AAAA" },
    ] as const;
    const messages: Message[] = [{ role: "user", text: "", images }];
    const sent = (url: string, more = {}) => ({ type: "image_url", image_url: { url, ...more } });
    const inline = sent("data:image/png;base64,AAAA");
    const contentOf = (refused: OptionalParameter[]) => encode("openai", refused, { messages }).messages;
    expect(contentOf([])).toEqual([
      { role: "user", content: [sent("https://example.com/a.png", { detail: "low" }), inline] },
    ]);
    expect(contentOf(["detail"])).toEqual([{ role: "user", content: [sent("https://example.com/a.png"), inline] }]);
    const named = "messages[0].content[0].image_url.detail";
    const leftOut = (asked: Message[], refused: OptionalParameter[] = []) =>
      parameterToLeaveOut(named, { messages: asked }, rowOf("openai"), new Set(refused));
    expect([leftOut(messages), leftOut(messages, ["detail"]), leftOut(request.messages.slice())]).toEqual([
      "detail",
      null,
      null,
    ]);
  });

  it("leaves out what was refused, and always bounds the answer", () => {
    expect(encode("openai", ["max_completion_tokens", "stream_options", "temperature"], { temperature: 1 })).toEqual({
      model: "m",
      messages: [{ role: "user", content: "Why?" }],
      stream: true,
      max_tokens: 500,
    });
    const row = rowOf("openai");
    const leaveOut = (name: string | null, refused: OptionalParameter[] = []) =>
      parameterToLeaveOut(name, request, row, new Set(refused));
    expect(leaveOut("max_completion_tokens")).toBe("max_completion_tokens");
    expect(leaveOut("max_tokens", ["max_completion_tokens"])).toBeNull();
    expect(leaveOut("max_tokens")).toBeNull();
    expect(leaveOut("temperature", ["temperature"])).toBeNull();
    expect(leaveOut("messages")).toBeNull();
    expect(leaveOut(null)).toBeNull();
  });

  it("marks the stable beginning for the cache, where it is long enough and the model knows marks", () => {
    const long = "x".repeat(5_000);
    const conversation = [
      { role: "system", text: long },
      { role: "user", text: "a" },
      { role: "assistant", text: "b" },
      { role: "user", text: "c" },
    ] as const;
    expect(cacheMarkPlaces(conversation)).toEqual([0, 2]);
    expect(cacheMarkPlaces(conversation.slice(0, 2))).toEqual([0]);
    expect(cacheMarkPlaces(conversation.slice(0, 1))).toEqual([]);
    expect(cacheMarkPlaces([{ role: "system", text: "short" }, ...conversation.slice(1)])).toEqual([]);
    const more = { messages: conversation.slice(0, 2), modelId: "anthropic/claude-haiku-4.5" };
    const content = [{ type: "text", text: long, cache_control: { type: "ephemeral" } }];
    const marked = [
      { role: "system", content },
      { role: "user", content: "a" },
    ];
    expect(encode("openrouter", [], more).messages).toEqual(marked);
    expect(encode("openrouter", [], { ...more, modelId: "openai/gpt-5.4" }).messages).not.toEqual(marked);
    expect(encode("tokenmix", [], more).messages).not.toEqual(marked);
  });
});

describe("tool calls that go back", () => {
  const by = { origin: "o", modelId: "m" };
  const conversation = (more: Partial<Message> = {}): Message[] => [
    { role: "user", text: "Why?" },
    {
      role: "assistant",
      text: "",
      toolCalls: [{ id: "functions.read:0", name: "read", argumentsJson: "{}" }],
      ...more,
    },
    { role: "tool", text: "x", toolCallId: "functions.read:0" },
  ];
  const sentTo = (baseUrl: string, more: Partial<Message> = {}, refused: OptionalParameter[] = []) =>
    JSON.parse(
      JSON.stringify(
        encodeChat({ ...request, messages: conversation(more) }, rowOf("openai-compatible", baseUrl), new Set(refused)),
      ),
    ).messages;

  it("have ids that Mistral takes, the same for call and result", () => {
    const [, assistant, tool] = sentTo("https://api.mistral.ai/v1");
    expect(assistant.tool_calls[0].id).toMatch(/^[a-zA-Z0-9]{9}$/);
    expect(tool.tool_call_id).toBe(assistant.tool_calls[0].id);
    expect(nineCharacterCallId("abcDEF123")).toBe("abcDEF123");
    expect(nineCharacterCallId("call_1")).not.toBe(nineCharacterCallId("call_2"));
    expect(sentTo("https://api.example.com/v1")[2].tool_call_id).toBe("functions.read:0");
  });

  it("carry Google's signature to Google, and its word for calls of other models", () => {
    const google = "https://generativelanguage.googleapis.com/v1beta/openai";
    const call = { id: "c1", name: "read", argumentsJson: "{}", signature: { value: "sig", by } };
    const extraOf = (messages: { tool_calls: { extra_content?: unknown }[] }[]) =>
      messages[1]?.tool_calls[0]?.extra_content;
    expect(extraOf(sentTo(google, { toolCalls: [call] }))).toEqual({ google: { thought_signature: "sig" } });
    expect(extraOf(sentTo(google))).toEqual({ google: { thought_signature: "skip_thought_signature_validator" } });
    expect(extraOf(sentTo("https://api.example.com/v1"))).toBeUndefined();
  });

  it("take the thinking behind them along, until a server refuses that", () => {
    const reasoning = [{ text: "Hm.", signature: null, redactedData: null, by }];
    expect(sentTo("https://api.deepseek.com/v1", { reasoning })[1].reasoning_content).toBe("Hm.");
    expect(sentTo("https://api.example.com/v1", { reasoning }, ["reasoning_content"])[1]).not.toHaveProperty(
      "reasoning_content",
    );
    const row = rowOf("openai-compatible");
    expect(parameterToLeaveOut("messages.1.reasoning_content", request, row, new Set())).toBe("reasoning_content");
  });
});

const bytes = (text: string) => new TextEncoder().encode(text);
const event = (value: unknown) => `data: ${JSON.stringify(value)}\n\n`;
const answer =
  event({ choices: [{ delta: { content: "yes" } }] }) + event({ choices: [{ delta: {}, finish_reason: "stop" }] });

type Reply = { status: number; body: AsyncIterable<Uint8Array> };
async function* chunks(...texts: string[]) {
  for (const text of texts) yield bytes(text);
}
const refuse = (message: string, param: string | null = null): Reply => ({
  status: 400,
  body: chunks(JSON.stringify({ error: { message, param } })),
});

/** A transport that gives these replies in turn and notes the bodies. */
function scripted(replies: Reply[]) {
  const bodies: Record<string, unknown>[] = [];
  const http: Http = {
    async request(_url, init) {
      bodies.push(JSON.parse(init.body ?? "{}"));
      const reply = replies.shift();
      if (!reply) throw new Error("asked once too often");
      return { headers: {}, ...reply };
    },
    fetch: () => expect.unreachable("not by fetch"),
    close: async () => {},
  };
  const facts = {
    id: "v",
    baseUrl: "https://api.example.com/v1",
    origin: "https://api.example.com",
    key: "k",
    headers: {},
    local: "no",
    row: rowOf("openai"),
    now: () => 0,
  } as const;
  const provider = openAiCompatible(facts, http);
  const ask = async (more: Partial<ProviderRequest> = {}) => {
    const parts: ProviderPart[] = [];
    for await (const part of provider.stream({ ...request, ...more }, { signal: new AbortController().signal })) {
      parts.push(part);
    }
    return parts;
  };
  return { ask, bodies };
}
const good = (): Reply => ({ status: 200, body: chunks(answer, "data: [DONE]\n\n") });

describe("a parameter that a server refuses", () => {
  it("is left out at once, and remembered for that model alone", async () => {
    const { ask, bodies } = scripted([
      refuse("Unrecognized request argument supplied: stream_options"),
      refuse("Unsupported parameter: 'max_completion_tokens'. Use 'max_tokens'.", "max_completion_tokens"),
      good(),
      good(),
      good(),
    ]);
    expect((await ask()).at(-1)).toEqual({ type: "finish", reason: "stop" });
    await ask();
    await ask({ modelId: "other" });
    expect(bodies.map((body) => Object.keys(body).sort().join())).toEqual([
      "max_completion_tokens,messages,model,stream,stream_options",
      "max_completion_tokens,messages,model,stream",
      "max_tokens,messages,model,stream",
      "max_tokens,messages,model,stream",
      "max_completion_tokens,messages,model,stream,stream_options",
    ]);
  });

  it("ends as a failure when leaving it out does not help, or when it is not ours to leave out", async () => {
    const twice = scripted([refuse("no", "temperature"), refuse("no", "temperature")]);
    const error = await twice.ask({ temperature: 1 }).catch((reason: unknown) => reason);
    expect(failureOf(error)).toMatchObject({ kind: "bad-request", parameter: "temperature" });
    const other = scripted([refuse("no", "messages")]);
    expect(failureOf(await other.ask().catch((reason: unknown) => reason))).toEqual({
      kind: "bad-request",
      status: 400,
      parameter: "messages",
      message: 'api.example.com does not take the parameter "messages" (400). "no"',
    });
  });
});

describe("after the finish reason", () => {
  afterEach(() => void vi.useRealTimers());

  it("a server that neither writes nor closes is waited for three seconds, then the answer is whole", async () => {
    vi.useFakeTimers();
    let left = false;
    const body: AsyncIterable<Uint8Array> = {
      [Symbol.asyncIterator]: () => {
        let count = 0;
        return {
          next: () => (count++ === 0 ? Promise.resolve({ done: false, value: bytes(answer) }) : new Promise(() => {})),
          async return() {
            left = true;
            return { done: true, value: undefined };
          },
        };
      },
    };
    const hearing = scripted([{ status: 200, body }]).ask();
    await vi.advanceTimersByTimeAsync(2_999);
    expect(await Promise.race([hearing, Promise.resolve("waiting")])).toBe("waiting");
    await vi.advanceTimersByTimeAsync(1);
    expect((await hearing).at(-1)).toEqual({ type: "finish", reason: "stop" });
    await vi.advanceTimersByTimeAsync(250);
    expect(left).toBe(true);
  });

  it("comments do not lengthen those three seconds: a whole answer is never held back by them", async () => {
    vi.useFakeTimers();
    let count = 0;
    const body: AsyncIterable<Uint8Array> = {
      [Symbol.asyncIterator]: () => ({
        async next() {
          if (count++ > 0) await new Promise((resolve) => setTimeout(resolve, 1_000));
          return { done: false, value: bytes(count === 1 ? answer : ": still here\n\n") };
        },
        return: async () => ({ done: true, value: undefined }),
      }),
    };
    let heard: ProviderPart[] = [];
    void scripted([{ status: 200, body }])
      .ask()
      .then((parts) => {
        heard = parts;
      });
    await vi.advanceTimersByTimeAsync(2_900);
    expect(heard).toEqual([]);
    await vi.advanceTimersByTimeAsync(200);
    expect(heard.at(-1)).toEqual({ type: "finish", reason: "stop" });
    await vi.advanceTimersByTimeAsync(2_000);
  });
});
