import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Message } from "../../../../server/core/provider.ts";
import type { Closer } from "../../engine/relay-scene.ts";
import { type ClientsScene, clientsScene } from "./clients-scene.ts";
import { loopNames, runLoop } from "./tool-loops.ts";

const closers: Closer[] = [];
let scene: ClientsScene;
/** Its models call what the question names. */
let willing: ClientsScene;
/** What the vendor was asked, with what it read. */
let seen: (readonly Message[])[] = [];
beforeAll(async () => {
  willing = await clientsScene(closers);
  scene = await clientsScene(closers, {
    models: {
      answer: ({ messages }) => (resultsIn(messages).length === 0 ? "I look." : resultsIn(messages).join(" and ")),
      calls({ messages }) {
        seen.push(messages);
        if (resultsIn(messages).length > 0) return [];
        return [
          { name: "read_file", argumentsJson: '{"path":"a \\"quoted\\" café.ts"}' },
          { name: "list_folder", argumentsJson: '{"path":"src"}' },
        ];
      },
    },
  });
});
afterAll(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});
beforeEach(() => {
  seen = [];
});

const resultsIn = (messages: readonly Message[]) =>
  messages.flatMap(({ role, text }) => (role === "tool" ? [text] : []));

describe.each(loopNames)("%s", (name) => {
  it.each([
    { model: "acme/small", isStreamed: true },
    { model: "acme/small", isStreamed: false },
    { model: "alps/large", isStreamed: true },
    { model: "alps/large", isStreamed: false },
  ])("runs two tools that $model calls at once (streamed: $isStreamed), and hears its last words", async (asked) => {
    const told = await runLoop(name, scene.origin, { ...asked, text: "What is in here?" }, (tool) => `${tool} was run`);
    expect(told.runs).toEqual([
      { name: "read_file", input: { path: 'a "quoted" café.ts' } },
      { name: "list_folder", input: { path: "src" } },
    ]);
    expect(told.text).toBe("read_file was run and list_folder was run");
    expect(seen).toHaveLength(2);
    const [question, calling, ...results] = seen[1] ?? [];
    expect(question).toMatchObject({ role: "user", text: "What is in here?" });
    expect(calling).toMatchObject({
      role: "assistant",
      text: "I look.",
      toolCalls: [{ name: "read_file" }, { name: "list_folder" }],
    });
    const ids = calling?.toolCalls?.map(({ id }) => id);
    expect(results.map(({ role, toolCallId }) => [role, toolCallId])).toEqual(ids?.map((id) => ["tool", id]));
    expect([...scene.broken, ...scene.faults]).toEqual([]);
  });

  it.each(["acme/small", "alps/large"])("makes %s call the tool that it names", async (model) => {
    for (const isStreamed of [true, false]) {
      const question = { model, isStreamed, forced: "list_folder" as const, text: 'What is in "src"?' };
      const { runs } = await runLoop(name, willing.origin, question, () => "nothing");
      expect(runs).toEqual([{ name: "list_folder", input: { path: "src" } }]);
    }
  });
});
