import { describe, expect, it } from "vitest";
import type { NewAnswer } from "../../../server/store/response-cache.ts";
import { head, open, raw, tempDirectory, turn } from "./books.ts";

const limits = { nowMs: 10_000, maxAgeMs: 60_000, maxBytes: 1_000_000 };
const request = { key: "what was asked", book: "real" } as const;
const kept = (fields: Partial<NewAnswer> = {}): NewAnswer => ({
  ...request,
  sessionId: "session",
  providerId: "vendor",
  modelId: "small",
  origin: "https://vendor.example",
  text: "Like this.",
  finishReason: "stop",
  costNano: 4_200_000,
  usage: { input: 400, cacheRead: 20, cacheWrite: 0, output: 60, reasoning: 10 },
  ...fields,
});

/** A store with one conversation, in which answers can be kept. */
async function cache(directory = tempDirectory()) {
  const store = await open({ directory });
  await store.sessions.saveTurn(head(), turn());
  const keysLeft = (): string[] =>
    ["a", "b", "c", "d", "e"].filter((key) => store.responses.find({ key, book: "real" }, limits) !== null);
  return { ...store, keysLeft };
}

describe("kept answers", () => {
  it("come back as they were given, to the byte", async () => {
    const { responses } = await cache();
    const text = 'Like `this`:\r\n\n```ts\nconst 🧭 = "\u2028";\n```\n';
    await responses.keep(kept({ text }), limits);
    expect(responses.find(request, { ...limits, nowMs: 12_000 })).toEqual({
      text,
      finishReason: "stop",
      costNano: 4_200_000,
      usage: { input: 400, cacheRead: 20, cacheWrite: 0, output: 60, reasoning: 10 },
      keptAtMs: 10_000,
    });
    expect(responses.find({ ...request, key: "something else" }, limits)).toBeNull();
  });

  it("say that a cost is not known, and take the place of an older answer to the same", async () => {
    const { responses } = await cache();
    await responses.keep(kept(), limits);
    await responses.keep(kept({ text: "Or so.", costNano: null, usage: null }), { ...limits, nowMs: 11_000 });
    expect(responses.find(request, { ...limits, nowMs: 11_000 })).toMatchObject({
      text: "Or so.",
      costNano: null,
      usage: null,
      keptAtMs: 11_000,
    });
    expect((await responses.clear()).answers).toBe(1);
  });

  it("are never those of the other book", async () => {
    const { responses } = await cache();
    await responses.keep(kept({ text: "Played.", book: "simulated" }), limits);
    expect(responses.find(request, limits)).toBeNull();
    await responses.keep(kept({ text: "True." }), limits);
    expect(responses.find(request, limits)?.text).toBe("True.");
    expect(responses.find({ ...request, book: "simulated" }, limits)?.text).toBe("Played.");
    expect((await responses.clear("simulated")).answers).toBe(1);
    expect(responses.find(request, limits)?.text).toBe("True.");
  });

  it("are given up to their greatest age, and none that was written under a clock gone wrong", async () => {
    const { responses } = await cache();
    await responses.keep(kept(), limits);
    expect(responses.find(request, { ...limits, nowMs: 70_000 })).not.toBeNull();
    expect(responses.find(request, { ...limits, nowMs: 70_001 })).toBeNull();
    expect(responses.find(request, { ...limits, nowMs: 9_999 })).toBeNull();
    await responses.keep(kept({ key: "later" }), { ...limits, nowMs: 70_001 });
    // The old one went when the new one came.
    expect(await responses.clear()).toEqual({ answers: 1, bytes: 522 });
  });

  it("stay within their room: what was longest unused goes first", async () => {
    const { responses, keysLeft } = await cache();
    // Each takes 1,012 bytes: there is room for four and not for five.
    const room = { ...limits, maxBytes: 4_900 };
    const text = "x".repeat(500);
    for (const [index, key] of ["a", "b", "c", "d"].entries()) {
      await responses.keep(kept({ key, text }), { ...room, nowMs: index });
    }
    expect(keysLeft()).toEqual(["a", "b", "c", "d"]);
    await responses.noteHit({ key: "a", book: "real" }, 5);
    await responses.keep(kept({ key: "e", text }), { ...room, nowMs: 6 });
    expect(keysLeft()).toEqual(["a", "c", "d", "e"]);
  });

  it("are none that would take more than a quarter of the room", async () => {
    const { responses } = await cache();
    await responses.keep(kept({ text: "x".repeat(2_000) }), { ...limits, maxBytes: 10_000 });
    expect(responses.find(request, limits)).toBeNull();
    await responses.keep(kept({ text: "x".repeat(1_988) }), { ...limits, maxBytes: 10_000 });
    expect(responses.find(request, limits)?.text).toHaveLength(1_988);
  });

  it("are all deleted by clearing, which says how many there were and what they took", async () => {
    const { responses, path } = await cache();
    await responses.keep(kept({ text: "ü" }), limits);
    await responses.keep(kept({ key: "b", book: "simulated", text: "four" }), limits);
    expect(await responses.clear()).toEqual({ answers: 2, bytes: 2 * 512 + 2 + 4 });
    expect(await responses.clear()).toEqual({ answers: 0, bytes: 0 });
    expect(raw(path).prepare("SELECT answers, bytes FROM response_totals").all()).toEqual([{ answers: 0, bytes: 0 }]);
  });

  it("go with the conversation they were given in, and none is kept of one that is gone", async () => {
    const { responses, sessions } = await cache();
    await sessions.saveTurn(head({ id: "other" }), turn({ id: "t2" }));
    await responses.keep(kept(), limits);
    await responses.keep(kept({ key: "b", sessionId: "other" }), limits);
    await sessions.remove("session");
    expect(responses.find(request, limits)).toBeNull();
    expect(responses.find({ ...request, key: "b" }, limits)).not.toBeNull();
    await responses.keep(kept(), limits);
    expect(responses.find(request, limits)).toBeNull();
  });

  it("that cannot be read are none", async () => {
    const { responses, path } = await cache();
    const broken = [
      "finish_reason = 'length'",
      "usage = 'not JSON'",
      "usage = '{\"input\":-1}'",
      "answer = ''",
      "cost_nano = -5",
      "created_at_ms = 9e99",
    ];
    for (const change of broken) {
      await responses.keep(kept(), limits);
      expect(responses.find(request, limits)).not.toBeNull();
      raw(path).exec(`UPDATE responses SET ${change}`);
      expect([change, responses.find(request, limits)]).toEqual([change, null]);
    }
  });

  it("are shared by windows, and are there after a restart", async () => {
    const directory = tempDirectory();
    const one = await cache(directory);
    const two = await open({ directory, instanceId: "two" });
    await one.responses.keep(kept(), limits);
    expect(two.responses.find(request, limits)?.text).toBe("Like this.");
    await two.responses.noteHit(request, 20_000);
    expect(raw(one.path).prepare("SELECT hits, last_hit_at_ms FROM responses").all()).toEqual([
      { hits: 1, last_hit_at_ms: 20_000 },
    ]);
    one.close();
    const three = await open({ directory, instanceId: "three" });
    expect(three.responses.find(request, limits)?.text).toBe("Like this.");
  });
});
