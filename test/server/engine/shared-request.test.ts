import { describe, expect, it } from "vitest";
import type { Turn } from "../../../shared/answer.ts";
import type { AskPart } from "../../../shared/protocol.ts";
import { engine } from "./ask-scene.ts";
import { settle } from "./fake-clock.ts";
import { activity, finish, type Step, text, usage } from "./scripted-provider.ts";

/** Takes two seconds: the first words at once, the rest in the middle. */
const slow: Step[] = [
  activity,
  text("Use a map of words"),
  { type: "wait", ms: 1_000 },
  text(" and nothing else."),
  { type: "wait", ms: 1_000 },
  usage(1_000, 100),
  finish,
];

async function scene(small: readonly (readonly Step[])[] = [slow]) {
  const amended: { sessionId: string; turn: Turn }[] = [];
  const made = await engine({ small, onAmended: (sessionId, turn) => amended.push({ sessionId, turn }) });
  /** Asks in a conversation of its own, and lets `afterMs` pass. */
  const ask = async (session: string, afterMs: number, extra: { mode?: string; retryOf?: string } = {}) => {
    const cancel = new AbortController();
    const parts: AskPart[] = [];
    const params = { sessionId: session, turnId: `${session} turn`, question: "why is it slow?", context: [] };
    const asked = made.ask({ ...params, mode: "cheap", ...extra }, (part) => parts.push(part), cancel.signal);
    await passed(afterMs);
    const shown = () => parts.map((part) => (part.type === "text" ? part.text : "")).join("");
    return { asked, cancel: () => cancel.abort(), parts, shown };
  };
  /** Turns are written down by a database, which takes real turns of the event loop. */
  const passed = async (ms: number): Promise<void> => {
    for (let turns = 0; turns < 20; turns++) await settle();
    await made.clock.advance(ms);
    for (let turns = 0; turns < 20; turns++) await settle();
  };
  return { ...made, ask, passed, amended };
}

const whole = "Use a map of words and nothing else.";

describe("two questions that are the same at the same time", () => {
  it("are one request with one bill, and the second says so", async () => {
    const { ask, passed, providers, store } = await scene();
    const first = await ask("one", 500);
    const second = await ask("two", 100);
    // What had come of it is there at once.
    expect([first.shown(), second.shown()]).toEqual(["Use a map of words", "Use a map of words"]);
    expect(second.parts[0]).toMatchObject({ type: "attempt", providerId: "small" });
    await passed(5_000);
    const [one, two] = await Promise.all([first.asked, second.asked]);
    expect(one).toMatchObject({ state: "done", answer: whole, decision: { costNano: 1_200_000 } });
    expect(one.decision).not.toHaveProperty("sharedRequest");
    expect(two).toMatchObject({ state: "done", answer: whole });
    expect(two.decision).toMatchObject({
      sharedRequest: true,
      answeredBy: { providerId: "small", modelId: "m", tier: "cheap" },
      finishReason: "stop",
      attempts: [],
      costNano: 0,
      costSource: "free",
    });
    expect([first.shown(), second.shown()]).toEqual([whole, whole]);
    expect(providers.small?.requests).toHaveLength(1);
    expect(store.ledger.spend().real).toMatchObject({ spentNano: 1_200_000, heldNano: 0 });
    expect([store.ledger.attemptsOfTurn("one turn").length, store.ledger.attemptsOfTurn("two turn").length]).toEqual([
      1, 0,
    ]);
    expect(store.sessions.read("two")?.turns).toEqual([two]);
  });

  it("each stop for themselves: the other one gets its answer, and the bill stays where it was sent", async () => {
    const { ask, passed, providers, store, amended } = await scene();
    const first = await ask("one", 500);
    const second = await ask("two", 100);
    first.cancel();
    const one = await first.asked;
    expect(one).toMatchObject({ state: "cancelled", answer: "Use a map of words", failure: null });
    expect(one.decision).toMatchObject({ answeredBy: { providerId: "small" }, attempts: [], costNano: 0 });
    expect(providers.small?.aborted()).toBe(0);
    await passed(5_000);
    expect(await second.asked).toMatchObject({
      state: "done",
      answer: whole,
      decision: { sharedRequest: true, costNano: 0 },
    });
    expect(first.shown()).toBe("Use a map of words");
    // What it came to is known only now, and told to the page.
    expect(amended).toMatchObject([
      {
        sessionId: "one",
        turn: {
          id: "one turn",
          state: "cancelled",
          answer: "Use a map of words",
          decision: {
            costNano: 1_200_000,
            costSource: "computed",
            finishReason: null,
            attempts: [{ outcome: "done" }],
          },
        },
      },
    ]);
    expect(store.sessions.read("one")?.turns).toEqual(amended.map(({ turn }) => turn));
    expect(store.sessions.read("one")?.costNano).toBe(1_200_000);
    expect(store.ledger.spend().real).toMatchObject({ spentNano: 1_200_000, heldNano: 0 });
  });

  it("are closed with the vendor when the last one stops, and billed to the first", async () => {
    const { ask, passed, providers, store, amended } = await scene();
    const first = await ask("one", 500);
    const second = await ask("two", 100);
    second.cancel();
    expect(await second.asked).toMatchObject({
      state: "cancelled",
      answer: "Use a map of words",
      decision: { sharedRequest: true, costNano: 0, answeredBy: { providerId: "small" } },
    });
    expect(providers.small?.aborted()).toBe(0);
    first.cancel();
    await passed(0);
    const one = await first.asked;
    expect(one).toMatchObject({ state: "cancelled", answer: "Use a map of words" });
    expect(one.decision).toMatchObject({ costSource: "estimated", attempts: [{ outcome: "cancelled" }] });
    expect([providers.small?.aborted(), amended.length]).toEqual([1, 0]);
    expect(store.ledger.spend().real.heldNano).toBe(0);
  });

  it("do not write over a question that was asked again meanwhile", async () => {
    const { ask, passed, store, amended } = await scene([slow, [text("anew"), usage(10, 5), finish]]);
    const first = await ask("one", 500);
    const second = await ask("two", 100);
    first.cancel();
    await first.asked;
    await passed(10);
    // The same turn once more: it goes out for itself.
    const again = await ask("one", 200);
    expect(await again.asked).toMatchObject({ state: "done", answer: "anew" });
    await passed(5_000);
    expect((await second.asked).answer).toBe(whole);
    await passed(0);
    expect(amended).toEqual([]);
    expect(store.sessions.read("one")?.turns).toMatchObject([{ state: "done", answer: "anew" }]);
  });

  it("fail together", async () => {
    const failing: Step[] = [
      { type: "wait", ms: 1_000 },
      { type: "fail", failure: { kind: "quota", status: 402, message: "small is out of credit." } },
    ];
    const { ask, passed, providers } = await scene([failing]);
    const first = await ask("one", 500, { mode: "small/m" });
    const second = await ask("two", 100, { mode: "small/m" });
    await passed(5_000);
    const [one, two] = await Promise.all([first.asked, second.asked]);
    for (const turn of [one, two]) {
      expect(turn).toMatchObject({ state: "failed", failure: { kind: "quota", message: "small is out of credit." } });
    }
    expect([one.decision?.attempts.length, two.decision?.attempts.length]).toEqual([1, 0]);
    expect(providers.small?.requests).toHaveLength(1);
  });

  it("are two requests where one is asked anew, and where they would ask other models", async () => {
    const { ask, passed, providers } = await scene();
    const first = await ask("one", 500);
    const anew = await ask("two", 100, { retryOf: "an earlier turn" });
    const picked = await ask("three", 100, { mode: "large/m" });
    await passed(5_000);
    const turns = await Promise.all([first.asked, anew.asked, picked.asked]);
    expect(turns.map(({ answer }) => answer)).toEqual([whole, whole, "large says"]);
    expect(turns.map(({ decision }) => decision?.sharedRequest)).toEqual([undefined, undefined, undefined]);
    expect([providers.small?.requests.length, providers.large?.requests.length]).toEqual([2, 1]);
  });
});
