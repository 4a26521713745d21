import { expect, it, onTestFinished } from "vitest";
import { requestFor } from "../../../server/engine/failover.ts";
import { createProvider } from "../../../server/providers/create-provider.ts";
import { createHttp } from "../../../server/providers/http.ts";
import { networkSettingSchema } from "../../../shared/settings.ts";
import { filled, lastLine } from "../providers/ollama-lines.ts";
import { startRawServer } from "../providers/raw-server.ts";
import { completionStage } from "./completion-stage.ts";
import { settle } from "./fake-clock.ts";
import { routeOf } from "./scripted-provider.ts";

/** The window of a route, from the plan to what an Ollama is told to load. */

it("a question carries its route's window where the server is told how much to load, and nowhere else", () => {
  const job = { messages: [{ role: "user" as const, text: "Why?" }], inputTokens: 10, maxOutputTokens: 500 };
  const route = routeOf("mine", { windowTokens: 32_768 });
  expect(requestFor(job, { ...route, wire: "ollama" }).windowTokens).toBe(32_768);
  expect(requestFor(job, { ...route, wire: "ollama", windowTokens: null }).windowTokens).toBeNull();
  expect("windowTokens" in requestFor(job, route)).toBe(false);
});

it("ghost text comes from a hole that an Ollama fills, in the window of its route", async () => {
  const server = await startRawServer((_request, response) => {
    response.writeHead(200, { "content-type": "application/x-ndjson" });
    response.end(filled("return ") + filled("value;") + lastLine("generate", "stop", 20, 4));
  });
  const http = createHttp(networkSettingSchema.parse({}));
  onTestFinished(async () => {
    await http.close();
    await server.close();
  });
  const provider = createProvider({
    setting: { id: "mine", preset: "ollama", baseUrl: server.origin },
    key: null,
    http,
  });
  const route = routeOf("mine", {
    modelId: "qwen2.5-coder:7b",
    origin: provider.origin,
    wire: provider.wire,
    fim: "suffix",
    windowTokens: 4_096,
  });
  const stage = completionStage({}, { routes: [route], scene: { providerOf: () => provider } });
  const asked = stage.open("export function twice(value: number): number {\n  █\n}\n").ask({ isInvoked: true });
  for (let turn = 0; asked.item() === "waiting" && turn < 2_000; turn += 1) {
    await stage.clock.advance(turn < 20 ? 10 : 0);
    await settle();
  }
  expect(asked.picture()).toBe("export function twice(value: number): number {\n  ├return value;┤\n}\n");
  expect(server.requests.map(({ url }) => url)).toEqual(["/api/generate"]);
  expect(JSON.parse(server.requests[0]?.body ?? "").options).toMatchObject({ num_ctx: 4_096, temperature: 0 });
});
