import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, describe, expect, it } from "vitest";
import type { FimRequest, Provider, ProviderPart } from "../../../server/core/provider.ts";
import { createProvider } from "../../../server/providers/create-provider.ts";
import { createHttp, type Http } from "../../../server/providers/http.ts";
import { type Failure, FailureError } from "../../../shared/failure.ts";
import { networkSettingSchema, type PresetId } from "../../../shared/settings.ts";
import { startRawServer } from "./raw-server.ts";

/**
 * Recorded answers, split anywhere and broken in every way: the same parts, or one clear failure. The adapters are the
 * real ones; most runs give them their bytes without a socket between, a sample over real ones.
 */

interface Recorded {
  name: string;
  preset: PresetId;
  fim: FimRequest["wire"] | null;
  /** Of a stream that is no text: its file, and what it calls itself. */
  binary?: { file: string; contentType: string };
}
const chat = (name: string): Recorded => ({ name, preset: "openai-compatible", fim: null });
const recorded: readonly Recorded[] = [
  { name: "anthropic", preset: "anthropic", fim: null },
  { name: "gemini", preset: "gemini", fim: null },
  { name: "openai-responses", preset: "openai-responses", fim: null },
  {
    name: "bedrock",
    preset: "bedrock",
    fim: null,
    binary: { file: "bedrock.frames", contentType: "application/vnd.amazon.eventstream" },
  },
  { name: "ollama-native", preset: "ollama", fim: null },
  ...["openai", "openrouter", "openrouter-own-key", "openrouter-in-band-error"].map(chat),
  ...["deepseek", "ollama", "crlf-and-bom"].map(chat),
  { name: "deepseek-fim", preset: "openai-compatible", fim: "suffix" },
  { name: "ollama-fim", preset: "openai-compatible", fim: "suffix" },
  { name: "mistral-fim", preset: "openai-compatible", fim: "mistral" },
  { name: "vllm-fim", preset: "openai-compatible", fim: "template" },
  { name: "llamacpp-infill", preset: "openai-compatible", fim: "infill" },
];
const bytesOf = ({ name, binary }: Recorded) =>
  new Uint8Array(readFileSync(join(import.meta.dirname, "../../fixtures/wires", binary?.file ?? `${name}.chunks.txt`)));

const headersOf = ({ binary }: Recorded) => ({ "content-type": binary?.contentType ?? "text/event-stream" });

/** Answers each request with these pieces of a body. */
function httpOf(row: Recorded, pieces: readonly Uint8Array[]): Http {
  const headers = headersOf(row);
  return {
    request: async () => ({
      status: 200,
      headers,
      body: (async function* () {
        yield* pieces;
      })(),
    }),
    fetch: async () => new Response(streamOf(pieces), { headers }),
    close: async () => {},
  };
}

function streamOf(pieces: readonly Uint8Array[]): ReadableStream<Uint8Array<ArrayBuffer>> {
  const rest = pieces.values();
  return new ReadableStream({
    pull(controller) {
      const step = rest.next();
      if (step.done) controller.close();
      else controller.enqueue(new Uint8Array(step.value));
    },
  });
}

function ask(row: Recorded, http: Http, origin = "https://vendor.example.com"): AsyncIterable<ProviderPart> {
  const path = row.preset === "ollama" ? "" : "/v1";
  const setting = { id: "vendor", preset: row.preset, baseUrl: origin + path };
  const provider: Provider = createProvider({ setting, key: "test-key-123", http, now: () => 0 });
  const options = { signal: new AbortController().signal };
  const { fim } = row;
  if (fim === null) {
    const messages = [{ role: "user" as const, text: "Why?" }];
    return provider.stream({ modelId: "m", messages, maxOutputTokens: 100 }, options);
  }
  const request = { modelId: "qwen2.5-coder", wire: fim, prefix: "a", suffix: "b", maxOutputTokens: 100 };
  return provider.fill?.(request, options) ?? expect.unreachable();
}

interface Heard {
  parts: ProviderPart[];
  failure: Failure | null;
}
async function hear(stream: AsyncIterable<ProviderPart>): Promise<Heard> {
  const parts: ProviderPart[] = [];
  try {
    for await (const part of stream) parts.push(part);
    return { parts, failure: null };
  } catch (error) {
    if (!(error instanceof FailureError)) throw error;
    return { parts, failure: error.failure };
  }
}

/** What was heard, whose text may come in fewer pieces where more of it came at once. */
function inOnePiece({ parts, failure }: Heard): Heard {
  const found: ProviderPart[] = [];
  for (const part of parts) {
    const last = found.at(-1);
    if (part.type === "text-delta" && last?.type === "text-delta")
      found.splice(-1, 1, { ...part, text: last.text + part.text });
    else found.push(part);
  }
  return { parts: found, failure };
}

/** What was heard but the bare signs of life, in one piece. */
function withoutSigns({ parts, failure }: Heard): Heard {
  const said = parts.filter((part) => part.type !== "activity" || part.promptUsage !== undefined);
  return inOnePiece({ parts: said, failure });
}

/** A whole answer or one clear failure: what holds whatever a vendor sends. */
function check({ parts, failure }: Heard, host = "vendor.example.com"): void {
  const types = parts.map((part) => part.type);
  const places = (type: ProviderPart["type"]) => types.flatMap((one, index) => (one === type ? [index] : []));
  expect(types[0]).toBe("activity");
  expect(places("usage").length).toBeLessThanOrEqual(1);
  expect(places("finish")).toEqual(failure === null ? [parts.length - 1] : []);
  for (const part of parts) if ("text" in part) expect(part.text).not.toBe("");
  if (failure === null) return;
  expect(failure.kind).not.toBe("internal");
  expect(failure.message).toContain(host);
  expect(failure.message).toMatch(/^\S.*[."…]$/);
  expect(failure.message).not.toContain("test-key-123");
}

function piecesOf(bytes: Uint8Array, first: number, length: number): Uint8Array[] {
  const pieces = first === 0 ? [] : [bytes.subarray(0, first)];
  for (let place = first; place < bytes.length; place += length) pieces.push(bytes.subarray(place, place + length));
  return pieces;
}

describe("a recorded answer split at every byte", () => {
  it.each(recorded)("$name gives the same parts", async (row) => {
    const bytes = bytesOf(row);
    const whole = await hear(ask(row, httpOf(row, [bytes])));
    check(whole);
    // In pieces of each length from each beginning, so that every place is a border of long and of short ones.
    for (const length of [1, 2, 3, 41]) {
      for (let first = 0; first < length; first += 1) {
        const heard = await hear(ask(row, httpOf(row, piecesOf(bytes, first, length))));
        expect({ length, first, ...inOnePiece(heard) }).toEqual({ length, first, ...inOnePiece(whole) });
      }
    }
  });
});

type Mutation = (bytes: Uint8Array) => Uint8Array;
const joined = (pieces: readonly Uint8Array[]) => new Uint8Array(Buffer.concat(pieces));
const at = (place: number, length: number) => Math.floor(place * length);

/** The stream as its events, each with the empty line behind it; one that has no lines is one event. */
function eventsOf(bytes: Uint8Array): Uint8Array[] {
  const text = Buffer.from(bytes).toString("latin1");
  return text.split(/(?<=\r?\n\r?\n)/).map((event) => new Uint8Array(Buffer.from(event, "latin1")));
}
const onEvents =
  (change: (events: Uint8Array[]) => Uint8Array[]): Mutation =>
  (bytes) =>
    joined(change(eventsOf(bytes)));

/** Places are shares of the whole, so that a mutation means something after another. */
const share = fc.double({ min: 0, max: 0.999_999, noNaN: true });
const mutation: fc.Arbitrary<{ what: string; apply: Mutation }> = fc.oneof(
  fc.tuple(share, fc.integer({ min: 0, max: 7 })).map(([place, bit]) => ({
    what: `bit ${bit} flipped at ${place}`,
    apply: (bytes: Uint8Array) =>
      bytes.map((byte, index) => (index === at(place, bytes.length) ? byte ^ (1 << bit) : byte)),
  })),
  fc.tuple(share, fc.integer({ min: 0, max: 255 })).map(([place, value]) => ({
    what: `byte ${value} at ${place}`,
    apply: (bytes: Uint8Array) => bytes.map((byte, index) => (index === at(place, bytes.length) ? value : byte)),
  })),
  fc.tuple(share, fc.integer({ min: 1, max: 40 })).map(([place, count]) => ({
    what: `${count} bytes deleted at ${place}`,
    apply: (bytes: Uint8Array) =>
      joined([bytes.subarray(0, at(place, bytes.length)), bytes.subarray(at(place, bytes.length) + count)]),
  })),
  fc.tuple(share, fc.integer({ min: 1, max: 40 })).map(([place, count]) => ({
    what: `${count} bytes doubled at ${place}`,
    apply: (bytes: Uint8Array) =>
      joined([bytes.subarray(0, at(place, bytes.length) + count), bytes.subarray(at(place, bytes.length))]),
  })),
  share.map((place) => ({
    what: `cut at ${place}`,
    apply: (bytes: Uint8Array) => bytes.subarray(0, at(place, bytes.length)),
  })),
  share.map((place) => ({
    what: `event dropped at ${place}`,
    apply: onEvents((events) => events.filter((_, index) => index !== at(place, events.length))),
  })),
  share.map((place) => ({
    what: `event doubled at ${place}`,
    apply: onEvents((events) =>
      events.flatMap((event, index) => (index === at(place, events.length) ? [event, event] : [event])),
    ),
  })),
  fc.tuple(share, share).map(([from, to]) => ({
    what: `event moved from ${from} to ${to}`,
    apply: onEvents((events) => {
      const [moved] = events.slice(at(from, events.length));
      const others = events.filter((event) => event !== moved);
      return moved ? others.toSpliced(at(to, others.length), 0, moved) : others;
    }),
  })),
  fc.constant({ what: "events reversed", apply: onEvents((events) => events.toReversed()) }),
);
const mutations = fc.array(mutation, { minLength: 1, maxLength: 4 });
const mutate = (bytes: Uint8Array, list: readonly { apply: Mutation }[]) =>
  list.reduce((before, one) => one.apply(before), bytes);

/** Random each time, and printed with a failure; a number here brings one back. */
const seed = Number(process.env.FUZZ_SEED ?? Date.now() % 1_000_000_000);
const runs = Number(process.env.FUZZ_RUNS ?? 40);

/** A run by hand may be long. */
const patienceMs = 20_000 + runs * 50;

describe(`a recorded answer broken in some way (FUZZ_SEED=${seed})`, () => {
  it.each(recorded)(
    "$name is whole or one clear failure",
    async (row) => {
      const bytes = bytesOf(row);
      await fc.assert(
        fc.asyncProperty(mutations, share, async (list, place) => {
          const broken = mutate(bytes, list);
          const half = at(place, broken.length);
          const heard = await hear(ask(row, httpOf(row, [broken])));
          check(heard);
          // What comes of it depends on the bytes, never on how they were cut on the way; each piece is a sign of life.
          const inTwo = await hear(ask(row, httpOf(row, [broken.subarray(0, half), broken.subarray(half)])));
          expect(withoutSigns(inTwo)).toEqual(withoutSigns(heard));
        }),
        { numRuns: runs, seed },
      );
    },
    patienceMs,
  );
});

describe("the same over sockets", () => {
  const closers: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const close of closers.splice(0).reverse()) await close();
  });

  it.each(recorded.filter((row) => ["anthropic", "openrouter", "llamacpp-infill"].includes(row.name)))(
    "$name",
    async (row) => {
      const bytes = bytesOf(row);
      let body: Uint8Array = bytes;
      let end: "whole" | "torn" = "whole";
      const server = await startRawServer((_request, response) => {
        response.writeHead(200, headersOf(row));
        if (end === "whole") response.end(body);
        else response.write(body, () => response.destroy());
      });
      const http = createHttp(networkSettingSchema.parse({ systemCertificates: false }));
      closers.push(
        () => server.close(),
        () => http.close(),
      );
      await fc.assert(
        fc.asyncProperty(mutations, fc.constantFrom("whole" as const, "torn" as const), async (list, how) => {
          body = mutate(bytes, list);
          end = how;
          check(await hear(ask(row, http, server.origin)), new URL(server.origin).host);
        }),
        { numRuns: Math.min(runs, 25), seed },
      );
      body = bytes;
      end = "whole";
      const heard = await hear(ask(row, http, server.origin));
      expect(inOnePiece(heard)).toEqual(inOnePiece(await hear(ask(row, httpOf(row, [bytes])))));
      await http.close();
      await server.untilSockets(0);
    },
  );
});
