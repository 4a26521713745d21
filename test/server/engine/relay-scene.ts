import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findKnownPrice } from "../../../server/core/known-prices.ts";
import type { RelayBeginning, RelayEnd, RelayListener, RelayPart, RelayRequest } from "../../../server/core/relay.ts";
import { createAudit } from "../../../server/engine/audit.ts";
import { systemClock } from "../../../server/engine/clock.ts";
import { createWorld } from "../../../server/engine/configure.ts";
import { createHealth } from "../../../server/engine/health.ts";
import { createRelay } from "../../../server/engine/relay.ts";
import { startPlayground, type VendorModel } from "../../../server/playground/start-playground.ts";
import { playgroundModels } from "../../../server/playground/vendor-model.ts";
import { createProvider } from "../../../server/providers/create-provider.ts";
import { createHttp } from "../../../server/providers/http.ts";
import { openStore } from "../../../server/store/open-store.ts";

/** The relay with its real wires, sockets and books; only the vendors are simulated. */

const apiKey = "a-key-of-the-relay-tests";
const tier = { fromInputTokens: 0, inputUsd: 1, outputUsd: 2, cacheReadUsd: 0.1, cacheWriteUsd: 1.25 };
const price = { source: "provider", tiers: [tier] } as const;

export type Closer = () => unknown;

/** Two models of an OpenAI-compatible vendor, `acme/small` and `acme/spare`, and one of Anthropic's, `alps/large`. */
export async function relayScene(
  closers: Closer[],
  options: {
    budget?: Record<string, unknown>;
    models?: Partial<VendorModel>;
    /** The windows and the prices of a tier's models, where they are others, as the settings say them. */
    windows?: { cheap?: number };
    usd?: { frontier?: number };
    /** `wayfare.endpoint.models` */
    names?: Record<string, string>;
    /** Base URLs to ask instead of the simulated vendors'. */
    at?: { acme?: string; alps?: string };
    /** `wayfare.playground`: its models stand beside the others, as `playground/…`. */
    playground?: true;
    /** What `alps` lacks to be asked. */
    alpsIs?: "keyless" | "off";
  } = {},
) {
  const model = (id: string, wire: VendorModel["wire"], of: VendorModel["tier"]): VendorModel => ({
    id,
    wire,
    tier: of,
    windowTokens: 200_000,
    maxOutputTokens: 16_000,
    price,
    answer: () => `Here is what ${id} says: ${"word ".repeat(40)}end.`,
    fill: () => "values.length",
    ...options.models,
  });
  const vendors = await startPlayground({
    apiKey,
    pace: "instant",
    models: [
      model("small", "openai-compatible", "cheap"),
      model("spare", "openai-compatible", "cheap"),
      model("large", "anthropic", "frontier"),
    ],
  });
  closers.push(() => vendors.close());
  const directory = mkdtempSync(join(tmpdir(), "wayfare-relay-"));
  closers.push(() => rmSync(directory, { recursive: true, force: true }));
  const store = await openStore({ directory, now: Date.now, timeZone: "UTC", instanceId: "one", pid: process.pid });
  closers.push(() => store.close());
  const world = createWorld({
    now: Date.now,
    createHttp,
    createProvider: (facts) => createProvider({ ...facts, now: Date.now }),
    findKnownPrice,
    modelLists: store.modelLists,
    ledgerFailure: () => null,
    startPlayground: async () => ({
      ...(await startPlayground({ apiKey, pace: "instant", models: playgroundModels })),
      apiKey,
      models: playgroundModels,
    }),
  });
  closers.push(() => world.close());
  const { acme = vendors.openAiBaseUrl, alps = vendors.anthropicBaseUrl } = options.at ?? {};
  const usd = { input: 1, output: 2, cacheRead: 0.1, cacheWrite: 1.25 };
  const { windowTokens = 200_000, maxOutputTokens = 16_000 } = options.models ?? {};
  const cheapTokens = options.windows?.cheap ?? windowTokens;
  const setting = (id: string) => ({ id, price: usd, windowTokens: cheapTokens, maxOutputTokens, fim: "suffix" });
  const frontierUsd = options.usd?.frontier === undefined ? usd : { ...usd, output: options.usd.frontier };
  const { problems } = await world.apply({
    configuration: {
      providers: [
        {
          id: "acme",
          preset: "openai-compatible",
          baseUrl: acme,
          models: [setting("small"), setting("spare")],
        },
        {
          id: "alps",
          preset: "anthropic",
          baseUrl: alps,
          models: [{ id: "large", price: frontierUsd, windowTokens, maxOutputTokens }],
          ...(options.alpsIs === "off" ? { disabled: true } : {}),
        },
      ],
      tiers: { cheap: ["acme/small", "acme/spare"], frontier: ["alps/large"] },
      mode: undefined,
      quality: undefined,
      playground: options.playground,
      network: { proxySupport: "off" },
      budget: options.budget ?? {},
      endpoint: { models: options.names ?? {} },
    },
    keys: [
      { providerId: "acme", origin: new URL(acme).origin, key: apiKey },
      ...(options.alpsIs === undefined ? [{ providerId: "alps", origin: new URL(alps).origin, key: apiKey }] : []),
    ],
    trusted: false,
  });
  const audit = createAudit({ store: () => store, now: Date.now, onFault: (failure) => faults.push(failure.message) });
  const faults: string[] = [];
  const relay = createRelay({
    world,
    store,
    clock: systemClock,
    health: createHealth({ store: () => store.health, now: Date.now, onFault: () => undefined }),
    audit,
    random: Math.random,
    createId: randomUUID,
    capsOf: (scene, name) => scene.settings.endpoint.capsOf(name),
    onFault: (failure) => faults.push(failure.message),
  });
  return { relay, vendors, store, world, audit, problems, faults };
}

/** What was heard of one request, in its order. */
export interface Heard {
  begun: RelayBeginning[];
  parts: RelayPart[];
  ends: RelayEnd[];
}

/** A question as a client asks it; `over` says what is special. */
export function relayRequest(over: Partial<RelayRequest> & { question?: string } = {}): RelayRequest {
  const { question = "What does this line do: const a = 1?", ...rest } = over;
  return {
    id: randomUUID(),
    model: "auto",
    ask: { kind: "chat", messages: [{ role: "user", text: question }], tools: [], toolChoice: "auto" },
    maxOutputTokens: 500,
    passedOn: null,
    dropped: [],
    session: null,
    workspace: null,
    isStreamed: true,
    ...rest,
  };
}

export function listener(over: Partial<RelayListener> = {}): RelayListener & Heard {
  const heard: Heard = { begun: [], parts: [], ends: [] };
  return {
    ...heard,
    begin: (beginning) => heard.begun.push(beginning),
    part: (part) => heard.parts.push(part),
    end: (end) => heard.ends.push(end),
    busy: () => null,
    ...over,
  };
}

export function textOf(parts: readonly RelayPart[]): string {
  return parts.map((part) => (part.type === "text-delta" ? part.text : "")).join("");
}
