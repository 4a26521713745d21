import { onTestFinished } from "vitest";
import type { CloudFiles } from "../../../server/core/cloud-files.ts";
import type { ProviderRequest } from "../../../server/core/provider.ts";
import { createProvider } from "../../../server/providers/create-provider.ts";
import { createHttp } from "../../../server/providers/http.ts";
import { networkSettingSchema } from "../../../shared/settings.ts";
import { converseEvent } from "./aws-frames.ts";
import { hearRequest } from "./hear-provider.ts";
import { toolRequest } from "./part-wires.ts";
import { type Answer, startRawServer } from "./raw-server.ts";

export const modelId = "eu.anthropic.claude-sonnet-4-5-20250929-v1:0";
export const nowMs = Date.UTC(2026, 10, 29, 10, 15, 0);
export const accessKeyId = "AKIAIOSFODNN7EXAMPLE";
export const secretAccessKey = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
export const sessionToken = "IQoJb3JpZ2luX2VjEXAMPLETOKEN==";

export const answering =
  (...pieces: string[]): Answer =>
  (_request, response) =>
    void response
      .writeHead(200, { "content-type": "application/vnd.amazon.eventstream" })
      .end(pieces.join(""), "latin1");
export const refused =
  (status: number, type: string, message: string): Answer =>
  (_request, response) =>
    void response
      .writeHead(status, {
        "content-type": "application/json",
        "x-amzn-errortype": `${type}:http://internal.amazon.com/`,
      })
      .end(JSON.stringify({ message }));

export async function connect(
  answer: Answer,
  { key = "bedrock-key-123", files }: { key?: string; files?: CloudFiles } = {},
) {
  const server = await startRawServer(answer);
  const http = createHttp(networkSettingSchema.parse({ systemCertificates: false }));
  onTestFinished(async () => {
    await http.close();
    await server.close();
  });
  const setting = { id: "aws", preset: "bedrock" as const, baseUrl: server.origin };
  const provider = createProvider({ setting, key, http, now: () => nowMs, ...(files === undefined ? {} : { files }) });
  return { provider, server, http, setting };
}
export async function hear(
  answer: Answer,
  more: Partial<ProviderRequest> = {},
  options: Parameters<typeof connect>[1] = {},
) {
  const { provider, server } = await connect(answer, options);
  const heard = await hearRequest(provider, { ...toolRequest, modelId, ...more });
  return { ...heard, server, bodies: server.requests.map((each) => JSON.parse(each.body)) };
}

export const begin = converseEvent("messageStart", { role: "assistant" });
export const text = (at: number, words: string) =>
  converseEvent("contentBlockDelta", { contentBlockIndex: at, delta: { text: words } });
export const stop = (at: number) => converseEvent("contentBlockStop", { contentBlockIndex: at });
export const end = (stopReason: string, usage: object = { inputTokens: 30, outputTokens: 7, totalTokens: 37 }) =>
  converseEvent("messageStop", { stopReason }) + converseEvent("metadata", { usage, metrics: { latencyMs: 100 } });

/** A machine with these variables and files. */
export function machine(variables: Record<string, string>, files: Record<string, string> = {}): CloudFiles {
  return { variable: (name) => variables[name] ?? null, read: async (path) => files[path] ?? null };
}
