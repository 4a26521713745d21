import type { ServerResponse } from "node:http";
import { onTestFinished } from "vitest";
import type { Provider, ProviderPart, ProviderRequest } from "../../../server/core/provider.ts";
import { createProvider } from "../../../server/providers/create-provider.ts";
import { createHttp } from "../../../server/providers/http.ts";
import { type Failure, failureOf } from "../../../shared/failure.ts";
import { networkSettingSchema, type PresetId } from "../../../shared/settings.ts";
import { type Answer, type RawServer, startRawServer } from "./raw-server.ts";

/** A provider of this preset whose vendor is a raw server on loopback, at `path`; both end with the test. */
export async function connectTo(preset: PresetId, answer: Answer, path = "/v1"): Promise<[Provider, RawServer]> {
  const server = await startRawServer(answer);
  const provider = providerAt(preset, server.origin + path);
  onTestFinished(() => server.close());
  return [provider, server];
}

export function providerAt(preset: PresetId, baseUrl: string, key = "test-key-123"): Provider {
  const http = createHttp(networkSettingSchema.parse({ systemCertificates: false }));
  onTestFinished(() => http.close());
  return createProvider({ setting: { id: "vendor", preset, baseUrl }, key, http });
}

export const openStream = (response: ServerResponse) =>
  response.writeHead(200, { "content-type": "text/event-stream" });

export interface Heard {
  /** Without signs of life. */
  parts: ProviderPart[];
  failure: Failure | null;
}

export async function hearRequest(provider: Provider, request: ProviderRequest): Promise<Heard> {
  const parts: ProviderPart[] = [];
  try {
    for await (const part of provider.stream(request, { signal: new AbortController().signal })) {
      if (part.type !== "activity") parts.push(part);
    }
    return { parts, failure: null };
  } catch (error) {
    return { parts, failure: failureOf(error) };
  }
}

export const wholeCalls = (parts: readonly ProviderPart[]) =>
  parts.flatMap((part) => (part.type === "tool-call" ? [[part.id, part.name, part.argumentsJson]] : []));

/** What was streamed of each call's arguments, by the number that its start had. */
export function streamedArguments(parts: readonly ProviderPart[]): string[] {
  const texts: string[] = [];
  for (const part of parts) {
    if (part.type === "tool-call-start") texts[part.index] = "";
    if (part.type === "tool-call-delta") texts[part.index] += part.text;
  }
  return texts;
}
