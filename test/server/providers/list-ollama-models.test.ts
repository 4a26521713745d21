import { describe, expect, it } from "vitest";
import { readShown } from "../../../server/providers/list-ollama-models.ts";
import { failureOf } from "../../../shared/failure.ts";
import { connectTo } from "./hear-provider.ts";
import type { Answer } from "./raw-server.ts";

const signal = new AbortController().signal;
const connect = (answer: Answer) => connectTo("ollama", answer, "");

describe("the list of an Ollama", () => {
  const shown: Record<string, unknown> = {
    "qwen2.5-coder:7b": {
      model_info: { "general.architecture": "qwen2", "qwen2.context_length": 32_768 },
      capabilities: ["completion", "tools", "insert"],
    },
    "gemma3:4b": {
      license: "x".repeat(50_000),
      model_info: { "general.architecture": "gemma3", "gemma3.context_length": 131_072, "gemma3.vision.x": 1 },
      capabilities: ["completion", "vision"],
    },
    "nomic-embed-text:latest": { model_info: { "nomic-bert.context_length": 2_048 }, capabilities: ["embedding"] },
    "gpt-oss:120b-cloud": {
      model_info: { "general.architecture": "gptoss", "gptoss.context_length": 131_072 },
      capabilities: ["completion", "tools", "thinking"],
    },
    "old:7b": { modelfile: "FROM x" },
  };
  const names = [...Object.keys(shown), "broken:1b"];
  const serving: Answer = (request, response, body) => {
    response.setHeader("content-type", "application/json");
    if (request.url === "/api/tags") {
      response.end(JSON.stringify({ models: names.map((name) => ({ name, model: name, digest: "d" })) }));
      return;
    }
    const said = shown[JSON.parse(body).model];
    response.writeHead(said === undefined ? 500 : 200).end(JSON.stringify(said ?? { error: "no manifest" }));
  };

  it("has the true facts of each model, the window as far as it is loaded, and no model that only embeds", async () => {
    const [provider, server] = await connect(serving);
    const unknown = { maxOutputTokens: null, price: "free" };
    expect(await provider.listModels({ signal })).toEqual([
      {
        id: "qwen2.5-coder:7b",
        ...unknown,
        windowTokens: 32_768,
        largestWindowTokens: 32_768,
        takesImages: false,
        takesTools: true,
        thinks: false,
        fillsHoles: true,
      },
      {
        id: "gemma3:4b",
        ...unknown,
        windowTokens: 32_768,
        largestWindowTokens: 131_072,
        takesImages: true,
        takesTools: false,
        thinks: false,
        fillsHoles: false,
      },
      {
        id: "gpt-oss:120b-cloud",
        ...unknown,
        windowTokens: 131_072,
        takesImages: false,
        takesTools: true,
        thinks: true,
        fillsHoles: false,
      },
      { id: "old:7b", ...unknown, windowTokens: null },
      { id: "broken:1b", ...unknown, windowTokens: null },
    ]);
    expect(server.requests.filter(({ url }) => url === "/api/show")).toHaveLength(names.length);
    for (const { headers } of server.requests) expect(headers.authorization).toBe("Bearer test-key-123");
  });

  it("asks about a hundred models at most, four at a time", async () => {
    let [underWay, most] = [0, 0];
    const many = Array.from({ length: 130 }, (_, at) => ({ name: `m${at}` }));
    const [provider, server] = await connect(async (request, response) => {
      response.setHeader("content-type", "application/json");
      if (request.url === "/api/tags") return void response.end(JSON.stringify({ models: many }));
      most = Math.max(most, ++underWay);
      await new Promise((resolve) => setImmediate(resolve));
      underWay -= 1;
      response.end(JSON.stringify({ capabilities: ["completion"] }));
    });
    expect(await provider.listModels({ signal })).toHaveLength(130);
    expect(server.requests).toHaveLength(101);
    expect(most).toBeLessThanOrEqual(4);
  });

  it("fails like any other, and is called off with its questions", async () => {
    const [provider] = await connect(
      (_request, response) => void response.writeHead(200, { "content-type": "text/html" }).end("<html>Portal</html>"),
    );
    const failed = await provider.listModels({ signal }).catch((error: unknown) => failureOf(error));
    expect(failed).toMatchObject({ kind: "not-an-api" });

    const abort = new AbortController();
    const [silent, server] = await connect((request, response) => {
      if (request.url === "/api/tags") response.end(JSON.stringify({ models: [{ name: "m" }] }));
      else abort.abort();
    });
    await expect(silent.listModels({ signal: abort.signal })).rejects.toMatchObject({ name: "AbortError" });
    expect(server.requests).toHaveLength(2);
  });

  it("believes nothing that is no fact", () => {
    const unknown = { writes: true, contextTokens: null, capabilities: null };
    expect(readShown('{"model_info":{"a.context_length":"8192"},"capabilities":[]}')).toEqual(unknown);
    expect(readShown('{"model_info":[],"capabilities":{}}')).toEqual(unknown);
    expect(readShown("<html>")).toBeNull();
  });
});
