import { describe, expect, it } from "vitest";
import { createLearning } from "../../../server/engine/learning.ts";
import { prepareQuestion } from "../../../server/engine/prepare-question.ts";
import type { ContextItem } from "../../../shared/answer.ts";
import { answer, engine } from "./ask-scene.ts";
import { routeOf } from "./scripted-provider.ts";

const rust: ContextItem = {
  kind: "selection",
  path: "src/lib.rs",
  languageId: "rust",
  text: "fn main() {}",
  firstLine: 1,
  lastLine: 1,
  diagnostics: [],
};
const FIX = "Fix the off-by-one in this loop.";
const cheap = { providerId: "small", modelId: "m", simulated: false };

async function scene(setup: Parameters<typeof engine>[0] = {}) {
  const made = await engine({
    small: Array.from({ length: 12 }, () => answer("```rust\nlet a = 1;\n```")),
    large: Array.from({ length: 12 }, () => answer("better")),
    ...setup,
  });
  let asked = 0;
  const again = (retryOf: string, mode: string, question = FIX) =>
    made.ask(
      { sessionId: "s", turnId: `again${++asked}`, question, context: [rust], mode, retryOf },
      () => undefined,
      new AbortController().signal,
    );
  const rows = async () => {
    await made.learning.idle();
    return made.learning.table().rows;
  };
  const seen = async () =>
    (await rows()).map(({ providerId, kind, languageId, seen }) => ({ providerId, kind, languageId, seen }));
  const accept = (turnId: string, how: "insert" | "copy" = "insert") =>
    made.learning.accepted({ sessionId: "s", turnId, languageId: "rust", lines: 1, how });
  return { ...made, again, rows, seen, accept };
}

describe("how answers did", () => {
  it("counts code that was taken over once for each answer, by kind, language and model", async () => {
    const { put, accept, seen } = await scene();
    await put(FIX, "cheap", [rust]);
    accept("t1");
    accept("t1", "copy");
    accept("t1");
    await put("Explain what this does.", "frontier", [rust]);
    accept("t2", "copy");
    expect(await seen()).toEqual([
      { providerId: "large", kind: "chat", languageId: "rust", seen: { copied: 1 } },
      { providerId: "small", kind: "fix", languageId: "rust", seen: { inserted: 1 } },
    ]);
  });

  it("takes what was taken over in mid-answer once it is known who answered", async () => {
    const { put, accept, seen, emitted } = await scene();
    const asking = put(FIX, "cheap", [rust]);
    while (emitted.length === 0) await new Promise(setImmediate);
    accept("t1");
    await asking;
    expect(await seen()).toEqual([{ providerId: "small", kind: "fix", languageId: "rust", seen: { inserted: 1 } }]);
  });

  it("tells an undo after an insertion", async () => {
    const { put, accept, learning, rows } = await scene();
    await put(FIX, "cheap", [rust]);
    accept("t1");
    learning.undone({ sessionId: "s", turnId: "t1" });
    learning.undone({ sessionId: "s", turnId: "t1" });
    const [row] = await rows();
    expect(row?.seen).toEqual({ inserted: 1, undone: 1 });
    expect(row?.movedPoints).toBeLessThan(0);
  });

  it.each([
    ["cheap", "cheap", { providerId: "small", seen: { regenerated: 1 } }],
    ["cheap", "frontier", { providerId: "small", seen: { sentUp: 1 } }],
    ["frontier", "cheap", { providerId: "small", seen: { sentDown: 1 } }],
    ["frontier", "frontier", { providerId: "large", seen: { regenerated: 1 } }],
    ["frontier", "auto", { providerId: "large", seen: { regenerated: 1 } }],
    ["cheap", "large/m", { providerId: "small", seen: { sentUp: 1 } }],
  ])("reads a question asked on %s and again on %s", async (first, second, expected) => {
    const { put, again, seen } = await scene();
    await put(FIX, first, [rust]);
    await again("t1", second);
    await again("t1", second);
    expect(await seen()).toEqual([{ ...expected, kind: "fix", languageId: "rust" }]);
  });

  it("learns nothing of an answer that failed, whose retry says nothing of the model", async () => {
    const { put, again, seen } = await scene({ small: [[], answer("ok"), answer("ok")], routes: [routeOf("small")] });
    const turn = await put(FIX, "cheap", [rust]);
    expect(turn.state).not.toBe("done");
    await again("t1", "cheap");
    expect(await seen()).toEqual([]);
  });

  it("writes nothing down and counts nothing while it is off", async () => {
    const made = await scene({ settings: { learning: { enabled: false } } });
    await made.put(FIX, "cheap", [rust]);
    made.accept("t1");
    await made.again("t1", "frontier");
    expect(await made.seen()).toEqual([]);
    expect(made.learning.table().enabled).toBe(false);
    await made.store.observations.add({ kind: "fix", languageId: "rust", model: cheap }, "sentUp", made.clock.now());
    expect(made.learning.learned("fix", "rust", cheap)).toBeNull();
  });

  it("reads an escalation, whoever builds it", async () => {
    const { learning, put, seen } = await scene();
    const turn = await put(FIX, "cheap", [rust]);
    const escalated = { ...turn, decision: { ...turn.decision, escalated: { why: "it did not parse" } } };
    learning.ended(JSON.parse(JSON.stringify(escalated)), { session: null, retryOf: undefined });
    expect(await seen()).toEqual([{ providerId: "small", kind: "fix", languageId: "rust", seen: { escalated: 1 } }]);
  });

  it("counts ghost text that was taken, of the model and language that its request has in the books", async () => {
    const { learning, audit, rows } = await scene();
    const facts = {
      sessionId: "",
      workspace: "here",
      mode: "completions",
      plan: [],
      leftOut: [],
      classification: null,
    };
    const money = { frontierNano: null, cheapNano: null, savedNano: null, question: null };
    const route = { providerId: "small", modelId: "m", tier: "cheap" } as const;
    const request = {
      requestId: "c1",
      kind: "completion",
      language: "python",
      atMs: 1,
      book: "real",
      why: "",
    } as const;
    audit.ended({ ...facts, ...money, ...request, route, state: "done" });
    await audit.idle();
    learning.completed("c1", "partlyCompleted");
    learning.completed("c1", "completed");
    learning.completed("c1", "completed");
    learning.completed("nobody", "completed");
    expect(await rows()).toMatchObject([
      { kind: "completion", languageId: "python", seen: { completed: 1, partlyCompleted: 1 } },
    ]);
    expect(learning.learned("edit", "python", cheap)).toBeNull();
  });

  it("keeps simulated answers apart", async () => {
    const { put, accept, rows, learning } = await scene({ routes: [routeOf("small", { simulated: true })] });
    await put(FIX, "cheap", [rust]);
    accept("t1");
    expect((await rows()).map(({ simulated }) => simulated)).toEqual([true]);
    expect(learning.learned("fix", "rust", cheap)).toBeNull();
    expect(learning.learned("fix", "rust", { ...cheap, simulated: true })?.shift).toBeGreaterThan(0);
  });
});

describe("what was learned, where it is decided", () => {
  const facts = ({ scene, clock }: Awaited<ReturnType<typeof engine>>) => ({
    scene,
    text: FIX,
    context: [rust],
    earlier: [],
    mode: "auto",
    health: { pauses: () => new Map(), speeds: () => new Map() },
    nowMs: clock.now(),
  });

  it("moves the chance of the model that would be asked, and says what it rests on", async () => {
    const made = await scene();
    const key = { kind: "fix", languageId: "rust", model: cheap } as const;
    for (let time = 0; time < 8; time++) await made.store.observations.add(key, "sentUp", made.clock.now());
    await made.store.observations.add(key, "inserted", made.clock.now());
    const plain = prepareQuestion(facts(made)).classification;
    const learned = prepareQuestion({ ...facts(made), learned: made.learning.learned }).classification;
    expect(learned?.cheapRight).toBeLessThan((plain?.cheapRight ?? 0) - 0.05);
    expect(learned?.frontierRight).toBe(plain?.frontierRight);
    expect(learned?.reasons.map(({ words }) => words)).toContain(
      "8 of 9 Rust fixes of your cheap model judged here were not kept",
    );
  });

  it("tells of a language where the kind was not seen, and of good news, too", async () => {
    const made = await scene();
    const key = { kind: "test", languageId: "rust", model: cheap } as const;
    for (let time = 0; time < 14; time++) await made.store.observations.add(key, "inserted", made.clock.now());
    await made.store.observations.add(key, "sentUp", made.clock.now());
    expect(made.learning.learned("fix", "rust", cheap)?.words("cheap")).toBe(
      "14 of 15 Rust answers of your cheap model judged here were kept (seen 14 times in Rust tests)",
    );
  });

  it("shows of each row what its own counts do, beside what all rows of the model do to it", async () => {
    const made = await scene();
    const fixes = { kind: "fix", languageId: "rust", model: cheap } as const;
    for (let time = 0; time < 3; time++) await made.store.observations.add(fixes, "escalated", made.clock.now());
    await made.store.observations.add({ ...fixes, kind: "edit" }, "inserted", made.clock.now());
    const points = (await made.rows()).map(({ kind, movedPoints, ownPoints }) => [
      kind,
      Math.round(movedPoints),
      Math.round(ownPoints),
    ]);
    expect(points).toEqual([
      ["edit", -9, 2],
      ["fix", -10, -11],
    ]);
  });

  it("knows at once what this window did, and forgets at the person's word", async () => {
    const { put, accept, learning, rows } = await scene();
    await put(FIX, "cheap", [rust]);
    expect(learning.learned("fix", "rust", cheap)).toBeNull();
    accept("t1");
    await learning.idle();
    expect(learning.learned("fix", "rust", cheap)?.shift).toBeGreaterThan(0);
    await put("Explain what this does.", "cheap", [rust]);
    accept("t2");
    expect(await rows()).toHaveLength(2);
    const left = await learning.forget({ row: { ...cheap, kind: "fix", languageId: "rust" } });
    expect(left.rows.map(({ kind }) => kind)).toEqual(["chat"]);
    expect((await learning.forget({ row: null })).rows).toEqual([]);
    expect(learning.learned("fix", "rust", cheap)).toBeNull();
  });

  it("decides as without it when the books cannot be read, and tells of that", () => {
    const faults: string[] = [];
    const learning = createLearning({
      store: () => {
        throw new Error("disk I/O error");
      },
      now: () => 0,
      isOn: () => true,
      onFault: ({ message }) => faults.push(message),
    });
    expect(learning.learned("fix", "rust", cheap)).toBeNull();
    expect(faults).toEqual([expect.stringContaining("disk I/O error")]);
  });
});
