import { describe, expect, it } from "vitest";
import { createAppliedCode } from "../../../server/engine/applied-code.ts";
import type { Applied, Turn } from "../../../shared/answer.ts";
import { engine } from "./ask-scene.ts";

const tests = { isFailed: true, failed: 2, failedShare: 0.5, crashed: false, timedOut: false };

/** An answered turn, and what is told of it after its code was inserted. */
async function answered(mode = "auto") {
  const scene = await engine();
  await scene.put("rename a to b", mode);
  const amended: [string, Turn][] = [];
  const tell = createAppliedCode({
    store: () => scene.store,
    workspace: "here",
    mayEscalate: () => true,
    onAmended: (...told) => amended.push(told),
    onFault: (failure) => scene.faults.push(failure),
  });
  const see = (applied: Partial<Applied>, turnId = "t1") =>
    tell({ sessionId: "s", turnId, applied: { file: "duration.ts", addedErrors: 0, ...applied } });
  return { ...scene, amended, see };
}

describe("what is seen of code that was inserted", () => {
  it("is kept with its turn, and nothing is sent for it", async () => {
    const { see, amended, store, providers } = await answered();
    await see({ addedErrors: 3 });
    const [turn] = store.sessions.read("s")?.turns ?? [];
    expect(turn?.decision?.applied).toEqual({
      file: "duration.ts",
      addedErrors: 3,
      because: "3 new errors after the cheap answer's code was inserted",
    });
    expect(amended).toEqual([["s", turn]]);
    expect([providers.small?.requests.length, providers.large?.requests.length]).toEqual([1, 0]);
  });

  it.each<[string, Partial<Applied>, string | undefined]>([
    ["tests that fail", { tests }, "2 tests failed"],
    ["tests that fail, uncounted", { tests: { ...tests, failed: null, failedShare: null } }, "the tests failed"],
    ["tests without an end", { tests: { ...tests, failed: null, timedOut: true } }, "the tests did not end in time"],
    ["tests that pass", { tests: { ...tests, isFailed: false, failed: 0, failedShare: 0 } }, undefined],
  ])("says %s in a clause", async (_what, applied, because) => {
    const { see, store } = await answered();
    await see(applied);
    const kept = store.sessions.read("s")?.turns[0]?.decision?.applied;
    expect([kept?.tests, kept?.because]).toEqual([applied.tests, because]);
  });

  it("is no news where nothing is wrong and nothing was; and takes a mark back", async () => {
    const { see, amended, store } = await answered();
    await see({});
    expect(amended).toEqual([]);
    await see({ addedErrors: 1 });
    await see({});
    expect(store.sessions.read("s")?.turns[0]?.decision?.applied).toEqual({ file: "duration.ts", addedErrors: 0 });
  });

  it("sends the next question of a cheap conversation to the frontier, and says why", async () => {
    const { see, put } = await answered();
    await see({ addedErrors: 1 });
    const { decision } = await put("and c to d");
    expect(decision?.why).toBe("1 new error after the cheap answer's code was inserted");
    expect(decision?.answeredBy?.tier).toBe("frontier");
  });

  it("is nothing for a turn that is not there, nor where the books are not open", async () => {
    const { see, amended, faults } = await answered();
    await see({ addedErrors: 1 }, "gone");
    const shut = createAppliedCode({
      store: () => null,
      workspace: "here",
      mayEscalate: () => true,
      onAmended: (...told) => amended.push(told),
      onFault: (failure) => faults.push(failure),
    });
    await shut({ sessionId: "s", turnId: "t1", applied: { file: "a.ts", addedErrors: 1 } });
    expect([amended, faults]).toEqual([[], []]);
  });
});
