import { describe, expect, it, onTestFinished } from "vitest";
import type { Message, ProviderPart, ProviderRequest, Tool, ToolCall } from "../../../server/core/provider.ts";
import { startPlayground } from "../../../server/playground/start-playground.ts";
import { playgroundModels, type VendorModel, type VendorRequest } from "../../../server/playground/vendor-model.ts";
import { hearRequest, providerAt, streamedArguments } from "./hear-provider.ts";

/** Tools and images with vendors that check each request: calls, results and words go round over real HTTP. */
const wires = [
  { preset: "openai-compatible", wire: "openai-compatible" },
  { preset: "anthropic", wire: "anthropic" },
] as const;

const readFile: Tool = {
  name: "read_file",
  description: "Reads a file.",
  parameters: { type: "object", properties: { path: { type: "string" } }, required: ["path"] },
};
const now: Tool = { name: "now", description: "Tells the time.", parameters: { type: "object", properties: {} } };
const png = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

describe.each(wires)("$preset", ({ preset, wire }) => {
  async function start(more: Partial<VendorModel> = {}) {
    const [base] = playgroundModels;
    if (base === undefined) throw new Error("The playground has no model.");
    const model: VendorModel = { ...base, wire, id: "m", ...more };
    const playground = await startPlayground({ apiKey: "sim-key-123", pace: "instant", models: [model] });
    onTestFinished(() => playground.close());
    const baseUrl = wire === "anthropic" ? playground.anthropicBaseUrl : playground.openAiBaseUrl;
    return { playground, provider: providerAt(preset, baseUrl, "sim-key-123") };
  }
  const ask = (messages: readonly Message[], more: Partial<ProviderRequest> = {}): ProviderRequest => ({
    modelId: "m",
    messages,
    tools: [readFile, now],
    maxOutputTokens: 2_000,
    ...more,
  });
  const callsOf = (parts: readonly ProviderPart[]): ToolCall[] =>
    parts.flatMap((part) =>
      part.type === "tool-call" ? [{ id: part.id, name: part.name, argumentsJson: part.argumentsJson }] : [],
    );
  const textOf = (parts: readonly ProviderPart[]) =>
    parts.map((part) => (part.type === "text-delta" ? part.text : "")).join("");
  const question: Message = { role: "user", text: "Use read_file on `src/Ünï.ts`, and now." };

  it.each(["streamed", "whole", "at-end"] as const)(
    "parallel calls, %s, go round with their results",
    async (callStyle) => {
      const seen: VendorRequest[] = [];
      const { provider, playground } = await start({
        callStyle,
        answer: (request) => {
          seen.push(request);
          return request.messages.at(-1)?.role === "tool" ? "It exports one constant." : "";
        },
      });
      const first = await hearRequest(provider, ask([question]));
      expect(first.failure).toBeNull();
      const calls = callsOf(first.parts);
      expect(calls.map((call) => [call.name, call.argumentsJson])).toEqual([
        ["read_file", '{"path":"src/Ünï.ts"}'],
        ["now", "{}"],
      ]);
      expect(streamedArguments(first.parts)).toEqual(calls.map((call) => call.argumentsJson));
      expect(new Set(calls.map((call) => call.id)).size).toBe(2);
      expect(first.parts.at(-1)).toEqual({ type: "finish", reason: "tool-calls" });
      const usage = first.parts.find((part) => part.type === "usage");
      expect(usage?.usage.output).toBeGreaterThan(5);

      const results = calls.map(
        (call): Message => ({ role: "tool", text: `result of ${call.name}`, toolCallId: call.id }),
      );
      const turn: Message[] = [question, { role: "assistant", text: "", toolCalls: calls }, ...results];
      const second = await hearRequest(provider, ask(turn));
      expect(second.failure).toBeNull();
      expect(textOf(second.parts)).toBe("It exports one constant.");
      expect(second.parts.at(-1)).toEqual({ type: "finish", reason: "stop" });
      expect(seen.at(-1)?.messages).toEqual(turn);
      expect(playground.log().map((row) => row.status)).toEqual([200, 200]);
    },
  );

  it("a result that nobody asked for, or one that is missing, is refused by the vendor", async () => {
    const { provider } = await start();
    const call = { id: "c1", name: "now", argumentsJson: "{}" };
    const strange: Message[] = [question, { role: "tool", text: "x", toolCallId: "c9" }];
    const missing: Message[] = [question, { role: "assistant", text: "", toolCalls: [call] }, question];
    for (const messages of [strange, missing]) {
      expect((await hearRequest(provider, ask(messages))).failure?.kind).toBe("bad-request");
    }
  });

  it("required makes it call, none keeps it from calling", async () => {
    const { provider } = await start();
    const plain: Message = { role: "user", text: "Hello." };
    const required = await hearRequest(provider, ask([plain], { toolChoice: "required" }));
    expect(callsOf(required.parts)).toHaveLength(1);
    const none = await hearRequest(provider, ask([question], { toolChoice: "none" }));
    expect(callsOf(none.parts)).toEqual([]);
    expect(textOf(none.parts)).not.toBe("");
  });

  it("arguments that are no JSON end the answer with a failure", async () => {
    const { provider } = await start({ calls: () => [{ name: "read_file", argumentsJson: '{"path": "a' }] });
    const { failure, parts } = await hearRequest(provider, ask([question]));
    expect(failure?.kind).toBe("malformed");
    expect(callsOf(parts)).toEqual([]);
  });

  it("an image arrives byte for byte, is counted, and a model that takes none says so once", async () => {
    const seen: Message[] = [];
    const answer = (request: VendorRequest) => {
      seen.push(...request.messages);
      return "A pixel.";
    };
    const shown: Message = { role: "user", text: "What is it?", images: [{ mediaType: "image/png", base64: png }] };
    const seeing = await start({ answer });
    const heard = await hearRequest(seeing.provider, ask([shown], { tools: [] }));
    expect(textOf(heard.parts)).toBe("A pixel.");
    expect(seen).toEqual([shown]);
    const usage = heard.parts.find((part) => part.type === "usage");
    expect(usage?.usage.input).toBeGreaterThan(1_000);

    const blind = await start({ cannotSee: true });
    const refused = await hearRequest(blind.provider, ask([shown], { tools: [] }));
    expect(refused.failure).toMatchObject({ kind: "bad-request", parameter: "images" });
    await hearRequest(blind.provider, ask([shown], { tools: [] }));
    expect(blind.playground.log()).toHaveLength(1);
    expect((await hearRequest(blind.provider, ask([question], { tools: [] }))).failure).toBeNull();
  });

  it("a model that takes no tools says so once, and answers without them", async () => {
    const { provider, playground } = await start({ cannotCall: true });
    expect((await hearRequest(provider, ask([question]))).failure).toMatchObject({ parameter: "tools" });
    expect(provider.lacks?.("m")).toEqual(["tools"]);
    expect((await hearRequest(provider, ask([question], { tools: [] }))).failure).toBeNull();
    expect(playground.log().map((row) => row.status)).toEqual([400, 200]);
  });

  it("a refused temperature costs one more request, and no more later", async () => {
    const { provider, playground } = await start({ refusedParameters: ["temperature"] });
    for (let count = 0; count < 2; count++) {
      expect((await hearRequest(provider, ask([question], { temperature: 0.3 }))).failure).toBeNull();
    }
    expect(playground.log().map((row) => row.status)).toEqual([400, 200, 200]);
  });
});
