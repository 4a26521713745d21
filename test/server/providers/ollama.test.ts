import { afterEach, describe, expect, it } from "vitest";
import type { FimRequest, Provider, ProviderPart, ProviderRequest, Tool } from "../../../server/core/provider.ts";
import { createProvider } from "../../../server/providers/create-provider.ts";
import { createHttp } from "../../../server/providers/http.ts";
import { type Failure, failureOf } from "../../../shared/failure.ts";
import { networkSettingSchema } from "../../../shared/settings.ts";
import { filled, lastLine, line, said } from "./ollama-lines.ts";
import { type Answer, type RawServer, startRawServer } from "./raw-server.ts";

/** What only Ollama's own wire has; what it has in common with the others is in `contract.test.ts`. */

const ending: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ending.splice(0).reverse()) await end();
});

const signal = new AbortController().signal;
const streams =
  (text: string): Answer =>
  (_request, response) =>
    void response.writeHead(200, { "content-type": "application/x-ndjson" }).end(text);
const refuses =
  (status: number, error: string): Answer =>
  (_request, response) =>
    void response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify({ error }));
const fine = streams(said({ content: "ok" }) + lastLine("chat", "stop"));

async function connect(answer: Answer, key: string | null = null, path = ""): Promise<[Provider, RawServer]> {
  const server = await startRawServer(answer);
  const http = createHttp(networkSettingSchema.parse({ systemCertificates: false }));
  ending.push(
    () => server.close(),
    () => http.close(),
  );
  const setting = { id: "mine", preset: "ollama" as const, baseUrl: server.origin + path };
  return [createProvider({ setting, key, http }), server];
}

async function hear(parts: AsyncIterable<ProviderPart>): Promise<{ parts: ProviderPart[]; failure: Failure | null }> {
  const heard: ProviderPart[] = [];
  try {
    for await (const part of parts) if (part.type !== "activity") heard.push(part);
    return { parts: heard, failure: null };
  } catch (error) {
    return { parts: heard, failure: failureOf(error) };
  }
}
const bodies = (server: RawServer): Record<string, unknown>[] => server.requests.map(({ body }) => JSON.parse(body));
const windows = (server: RawServer) => server.requests.map(({ body }) => JSON.parse(body).options.num_ctx);

const question: ProviderRequest = {
  modelId: "qwen3:8b",
  messages: [{ role: "user", text: "Why?" }],
  maxOutputTokens: 1_000,
};
const long = { ...question, messages: [{ role: "user" as const, text: "some words here ".repeat(3_000) }] };
const hole: FimRequest = {
  modelId: "qwen2.5-coder:7b",
  wire: "suffix",
  prefix: "a = ",
  suffix: ";\n",
  maxOutputTokens: 99,
};
const readFile: Tool = {
  name: "read_file",
  description: "Reads a file.",
  parameters: { type: "object", properties: { path: { type: "string" } }, required: ["path"] },
};
const callOf = (name: string, given: unknown, more: object = {}) => ({ ...more, function: { name, arguments: given } });

describe("the window", () => {
  it("grows with the question, stays for the shorter one after it, and is the one that completions use", async () => {
    const [provider, server] = await connect((request, response, body) =>
      request.url === "/api/chat"
        ? fine(request, response, body)
        : streams(filled("b") + lastLine("generate", "stop"))(request, response, body),
    );
    const ask = (request: ProviderRequest) => hear(provider.stream({ ...request, windowTokens: 32_768 }, { signal }));
    await ask(question);
    await ask(long);
    await ask(question);
    await hear(
      provider.fill?.({ ...hole, modelId: "qwen3:8b", windowTokens: 32_768 }, { signal }) ?? expect.unreachable(),
    );
    await hear(provider.fill?.({ ...hole, windowTokens: 32_768 }, { signal }) ?? expect.unreachable());
    expect(windows(server)).toEqual([8_192, 16_384, 16_384, 16_384, 8_192]);
  });

  it("stays when new settings make a new provider", async () => {
    const server = await startRawServer(fine);
    const http = createHttp(networkSettingSchema.parse({ systemCertificates: false }));
    ending.push(
      () => server.close(),
      () => http.close(),
    );
    for (const request of [long, question]) {
      const setting = { id: "mine", preset: "ollama" as const, baseUrl: server.origin };
      await hear(createProvider({ setting, key: null, http }).stream(request, { signal }));
    }
    expect(windows(server)).toEqual([16_384, 16_384]);
  });

  it("is tried larger when the prompt turns out longer than it was taken for, up to the route's", async () => {
    const most = { ...question, windowTokens: 20_000 };
    const tooLong = refuses(400, "the input length exceeds the context length");
    const [hopeless, refusing] = await connect(tooLong);
    expect((await hear(hopeless.stream(most, { signal }))).failure).toMatchObject({ kind: "context-length" });
    expect(windows(refusing)).toEqual([8_192, 16_384, 20_000]);

    const [provider, server] = await connect((request, response, body) =>
      (server.requests.length === 1 ? tooLong : fine)(request, response, body),
    );
    expect((await hear(provider.stream(most, { signal }))).failure).toBeNull();
    expect(windows(server)).toEqual([8_192, 16_384]);
  });

  it("is left to Ollama's cloud, which always gives the whole", async () => {
    const [provider, server] = await connect(fine);
    await hear(provider.stream({ ...question, modelId: "gpt-oss:120b-cloud" }, { signal }));
    expect(bodies(server)[0]?.options).toEqual({ num_predict: 1_000 });
  });
});

describe("a question", () => {
  it("with an image at an address is not sent, for an Ollama looks none up", async () => {
    const [provider, server] = await connect(fine);
    const messages = [{ role: "user" as const, text: "This?", images: [{ url: "https://127.0.0.1:9/a.png" }] }];
    const { failure } = await hear(provider.stream({ ...question, messages }, { signal }));
    expect(failure).toMatchObject({ kind: "bad-request", parameter: "addresses" });
    expect(failure?.message).toMatch(
      /^"qwen3:8b" at 127\.0\.0\.1:\d+ takes no image by its address\. Send the image itself/,
    );
    expect(server.requests).toEqual([]);
  });

  it("with a document is not sent, for an Ollama opens none", async () => {
    const [provider, server] = await connect(fine);
    const messages = [{ role: "user" as const, text: "Sum up.", documents: [{ base64: "JVBERi0=" }] }];
    const { failure } = await hear(provider.stream({ ...question, messages }, { signal }));
    expect(failure).toMatchObject({ kind: "bad-request", parameter: "documents" });
    expect(server.requests).toEqual([]);
  });

  it("carries stops, temperature, images, tools, calls, their results and the thinking behind them", async () => {
    const [provider, server] = await connect(fine, "test-key-123", "/ollama");
    const by = { origin: provider.origin, modelId: "qwen3:8b" };
    await hear(
      provider.stream(
        {
          modelId: "qwen3:8b",
          messages: [
            { role: "system", text: "Be brief." },
            { role: "user", text: "This?", images: [{ mediaType: "image/png", base64: "AAAA" }] },
            {
              role: "assistant",
              text: "",
              reasoning: [{ text: "I read it.", signature: null, redactedData: null, by }],
              toolCalls: [{ id: "call_1", name: "read_file", argumentsJson: '{"path":"a.ts"}' }],
            },
            {
              role: "tool",
              text: "const a = 1;",
              toolCallId: "call_1",
              images: [{ mediaType: "image/png", base64: "BBBB" }],
            },
          ],
          tools: [readFile],
          maxOutputTokens: 50,
          temperature: 0.2,
          stop: ["END"],
        },
        { signal },
      ),
    );
    expect(server.requests[0]).toMatchObject({
      url: "/ollama/api/chat",
      headers: { authorization: "Bearer test-key-123" },
    });
    expect(bodies(server)).toEqual([
      {
        model: "qwen3:8b",
        messages: [
          { role: "system", content: "Be brief." },
          { role: "user", content: "This?", images: ["AAAA"] },
          {
            role: "assistant",
            content: "",
            thinking: "I read it.",
            tool_calls: [{ id: "call_1", function: { name: "read_file", arguments: { path: "a.ts" } } }],
          },
          { role: "tool", content: "const a = 1;", tool_call_id: "call_1", tool_name: "read_file" },
          { role: "user", content: "The tool's images:", images: ["BBBB"] },
        ],
        tools: [{ type: "function", function: readFile }],
        stream: true,
        truncate: false,
        shift: false,
        options: { num_predict: 50, num_ctx: 8_192, temperature: 0.2, stop: ["END"] },
      },
    ]);
  });

  it("sends no key where there is none", async () => {
    const [provider, server] = await connect(fine);
    await hear(provider.stream(question, { signal }));
    expect(server.requests[0]?.headers.authorization).toBeUndefined();
  });
});

describe("an answer", () => {
  const answering = async (text: string) => {
    const [provider] = await connect(streams(text));
    return hear(provider.stream({ ...question, tools: [readFile] }, { signal }));
  };

  it("has its thinking apart, and tool calls that come whole, twice the same, without numbers or ids", async () => {
    const call = callOf("read_file", { path: "a.ts" });
    const { parts, failure } = await answering(
      said({ thinking: "Both." }) +
        said({ tool_calls: [call, call] }) +
        said({ tool_calls: [callOf("read_file", {}, { id: "call_x" })] }) +
        lastLine("chat", "stop"),
    );
    expect(failure).toBeNull();
    expect(parts[0]).toEqual({ type: "reasoning-delta", text: "Both." });
    const calls = parts.flatMap((part) => (part.type === "tool-call" ? [part] : []));
    expect(calls.map(({ name, argumentsJson }) => `${name} ${argumentsJson}`)).toEqual([
      'read_file {"path":"a.ts"}',
      'read_file {"path":"a.ts"}',
      "read_file {}",
    ]);
    expect(calls[2]?.id).toBe("call_x");
    expect(new Set(calls.map(({ id }) => id)).size).toBe(3);
    expect(parts.at(-1)).toEqual({ type: "finish", reason: "tool-calls" });
  });

  it("ends by length when its room or its window is used up", async () => {
    const { parts } = await answering(said({ content: "a" }) + lastLine("chat", "length"));
    expect(parts.at(-1)).toEqual({ type: "finish", reason: "length" });
  });

  it("is whole without a reason, without counts and without a line's end, as older servers write it", async () => {
    const { parts, failure } = await answering(`${said({ content: "a" })}{"done":true}`);
    expect(failure).toBeNull();
    expect(parts).toEqual([
      { type: "text-delta", text: "a" },
      { type: "finish", reason: "stop" },
    ]);
  });

  it("is read with the line ends of a proxy, and empty lines between", async () => {
    const text = (said({ content: "a\n" }) + lastLine("chat", "stop")).replaceAll("}\n", "}\r\n\r\n");
    const { parts, failure } = await answering(text);
    expect(failure).toBeNull();
    expect(parts[0]).toEqual({ type: "text-delta", text: "a\n" });
  });

  it("is cut when its last line is a piece of one, and malformed when a line is without end or no line of its own", async () => {
    expect((await answering(`${said({ content: "a" })}{"mess`)).failure?.kind).toBe("truncated");
    expect((await answering(`{"message":"${"x".repeat(1_000_001)}`)).failure?.message).toContain("more than 1 MB");
    expect((await answering(line({ status: "pulling manifest" }))).failure?.kind).toBe("malformed");
    expect((await answering(said({ tool_calls: "read_file" }))).failure?.kind).toBe("malformed");
  });
});

describe("a refusal", () => {
  it("of tools by a model that has none is remembered, and nothing is sent there again", async () => {
    const [provider, server] = await connect(
      refuses(400, "registry.ollama.ai/library/gemma:2b does not support tools"),
    );
    const request = { ...question, modelId: "gemma:2b", tools: [readFile] };
    const first = await hear(provider.stream(request, { signal }));
    expect(first.failure?.message).toContain('"gemma:2b" takes no tools (400)');
    expect(provider.lacks?.("gemma:2b")).toEqual(["tools"]);
    await hear(provider.stream(request, { signal }));
    expect(server.requests).toHaveLength(1);
  });

  it("of a model that is not there names the command, but none that holds what no name has", async () => {
    const [provider] = await connect(refuses(404, "model 'x' not found"));
    const ask = async (modelId: string) =>
      (await hear(provider.stream({ ...question, modelId }, { signal }))).failure?.message;
    expect(await ask("hf.co/bartowski/Qwen:Q4_K_M")).toContain('Run "ollama pull hf.co/bartowski/Qwen:Q4_K_M" there');
    expect(await ask("x; rm -rf ~")).toContain('Run "ollama pull NAME" there');
  });

  it("by a server without this wire is about the address", async () => {
    const [provider] = await connect(
      (_request, response) => void response.writeHead(404, { "content-type": "text/plain" }).end("404 page not found"),
    );
    expect((await hear(provider.stream(question, { signal }))).failure?.kind).toBe("not-an-api");
  });
});

describe("a hole", () => {
  const hear1 = async (answer: Answer, request: FimRequest = hole) => {
    const [provider, server] = await connect(answer);
    return { ...(await hear(provider.fill?.(request, { signal }) ?? expect.unreachable())), provider, server };
  };
  const text = streams(filled("b\r\n") + filled(" + c") + lastLine("generate", "stop", 20, 4));

  it("is filled by the model's template, or past it with the model's own marks", async () => {
    const { parts, failure, server } = await hear1(text);
    expect(failure).toBeNull();
    expect(parts).toEqual([
      // What came in one piece of the network is one part.
      { type: "text-delta", text: "b\r\n + c" },
      {
        type: "usage",
        usage: { input: 20, cacheRead: 0, cacheWrite: 0, output: 4, reasoning: 0 },
        reportedCostUsd: null,
      },
      { type: "finish", reason: "stop" },
    ]);
    const room = { stream: true, truncate: false, shift: false };
    expect(server.requests[0]?.url).toBe("/api/generate");
    expect(bodies(server)).toEqual([
      {
        model: "qwen2.5-coder:7b",
        think: false,
        prompt: "a = ",
        suffix: ";\n",
        ...room,
        options: { num_predict: 99, num_ctx: 8_192 },
      },
    ]);
    const raw = await hear1(text, { ...hole, wire: "template", stop: ["\n"] });
    expect(raw.failure).toBeNull();
    expect(bodies(raw.server)).toMatchObject([
      {
        raw: true,
        prompt: "<|fim_prefix|>a = <|fim_suffix|>;\n<|fim_middle|>",
        options: { stop: ["\n", "<|endoftext|>", "<|file_sep|>", "<|fim_prefix|>", "<|im_end|>"] },
      },
    ]);
  });

  it("is asked in chat from then on where the template has no place for it", async () => {
    const { failure, provider, server } = await hear1(
      refuses(400, "registry.ollama.ai/library/m does not support insert"),
    );
    expect(failure).toMatchObject({ kind: "bad-request", parameter: "suffix" });
    expect(provider.canFill?.(hole.modelId, "suffix")).toBe(false);
    expect(provider.canFill?.(hole.modelId, "template")).toBe(true);
    expect(provider.canFill?.("llama3.2:3b", "template")).toBe(false);
    expect(provider.canFill?.(hole.modelId, "infill")).toBe(false);
    await hear(provider.fill?.(hole, { signal }) ?? expect.unreachable());
    expect(server.requests).toHaveLength(1);
  });
});
