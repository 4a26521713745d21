import * as z from "zod";
import type { LocalServer } from "../../shared/protocol.ts";
import type { Http } from "./http.ts";
import { readBody } from "./read-body.ts";
import { readJson } from "./read-json.ts";

type LocalPreset = LocalServer["preset"];

/** Where these servers listen unless told otherwise. */
export const usualPorts: Readonly<Record<LocalPreset, number>> = { ollama: 11434, lmstudio: 1234, llamacpp: 8080 };

export interface FindLocalServersInput {
  http: Http;
  signal: AbortSignal;
  ports?: Readonly<Record<LocalPreset, number>>;
  /** A server on this machine that takes longer is asleep. */
  timeoutMs?: number;
}

/**
 * Which local model servers answer on this machine, each known by something only it says: any program may sit on port
 * 8080. Asks 127.0.0.1 alone, and only when the person opened setup. What does not answer is not there; never throws but
 * for an abort.
 */
export async function findLocalServers(input: FindLocalServersInput): Promise<LocalServer[]> {
  const ports = input.ports ?? usualPorts;
  const found = await Promise.all(
    probes.map(async ({ preset, path, readModels }): Promise<LocalServer | null> => {
      const origin = `http://127.0.0.1:${ports[preset]}`;
      const answer = await ask(origin + path, input);
      const models = answer && readModels(answer);
      // By Ollama's own wire, where its window can be set.
      const baseUrl = preset === "ollama" ? origin : `${origin}/v1`;
      return models ? { preset, baseUrl, models: models.slice(0, mostModels) } : null;
    }),
  );
  input.signal.throwIfAborted();
  const servers: LocalServer[] = [];
  // LM Studio is asked in two ways; the first that knows it is enough.
  for (const server of found) if (server && !servers.some((one) => one.preset === server.preset)) servers.push(server);
  return servers;
}

const mostModels = 200;

interface Answer {
  body: string;
  server: string;
}

/** `readModels` gives null for a stranger. */
const probes: readonly { preset: LocalPreset; path: string; readModels(answer: Answer): string[] | null }[] = [
  {
    preset: "ollama",
    path: "/api/tags",
    readModels: ({ body }) => readJson(body, ollamaSchema)?.models.map((model) => model.name) ?? null,
  },
  {
    preset: "lmstudio",
    path: "/api/v0/models",
    readModels: ({ body }) =>
      readJson(body, lmStudioSchema)
        ?.data.filter((model) => model.type === "llm" || model.type === "vlm")
        .map((model) => model.id) ?? null,
  },
  {
    preset: "lmstudio",
    path: "/v1/models",
    readModels: ({ body }) => readOwned(body, "organization_owner"),
  },
  {
    preset: "llamacpp",
    path: "/v1/models",
    readModels: ({ body, server }) =>
      readOwned(body, "llamacpp") ??
      (/^llama\.cpp/i.test(server) ? (readJson(body, ownedSchema)?.data.map((model) => model.id) ?? []) : null),
  },
];

const ollamaSchema = z.looseObject({ models: z.array(z.looseObject({ name: z.string(), digest: z.string() })) });
const lmStudioSchema = z.looseObject({
  data: z.array(z.looseObject({ id: z.string(), type: z.enum(["llm", "vlm", "embeddings"]), state: z.string() })),
});
const ownedSchema = z.looseObject({ data: z.array(z.looseObject({ id: z.string(), owned_by: z.string() })) });

function readOwned(body: string, owner: string): string[] | null {
  const rows = readJson(body, ownedSchema)?.data ?? [];
  return rows.length > 0 && rows.every((row) => row.owned_by === owner) ? rows.map((row) => row.id) : null;
}

async function ask(url: string, { http, signal, timeoutMs = 700 }: FindLocalServersInput): Promise<Answer | null> {
  const own = new AbortController();
  const stop = () => own.abort();
  const timer = setTimeout(stop, timeoutMs);
  signal.addEventListener("abort", stop, { once: true });
  if (signal.aborted) stop();
  try {
    const response = await http.request(url, {
      method: "GET",
      headers: { accept: "application/json" },
      signal: own.signal,
    });
    const body = await readBody(response.body, 1_000_000);
    return response.status === 200 ? { body, server: response.headers.server ?? "" } : null;
  } catch {
    return null;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", stop);
  }
}
