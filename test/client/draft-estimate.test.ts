import { describe, expect, it } from "vitest";
import { createDraftEstimate } from "../../client/draft-estimate.ts";
import type { ContextItem } from "../../shared/answer.ts";
import type { EstimateParams, EstimateResult } from "../../shared/estimate.ts";

const result = (tier: "cheap" | "frontier"): EstimateResult => ({
  cheap: null,
  frontier: null,
  picked: null,
  local: null,
  tier,
  isRefused: false,
  inTheWay: null,
  fromCache: false,
});
const item = (text: string): ContextItem => ({
  kind: "file",
  path: "a.ts",
  languageId: "typescript",
  text,
  firstLine: 1,
  lastLine: 1,
  diagnostics: [],
});

/** A server that answers when the test says so. */
function scene() {
  const asked: EstimateParams[] = [];
  const waiting: { resolve(result: EstimateResult): void; reject(error: Error): void }[] = [];
  const posted: [EstimateResult | null, number][] = [];
  const logged: string[] = [];
  const newConnection = () => ({
    request: (_type: unknown, params: unknown) => {
      asked.push(params as EstimateParams);
      return new Promise((resolve, reject) => waiting.push({ resolve, reject }));
    },
  });
  const world = {
    connection: newConnection() as never as { request: never } | null,
    isSetUp: true,
    isShown: true,
    items: [item("one")] as readonly ContextItem[],
    sessionId: "s",
    mode: "auto",
  };
  const estimate = createDraftEstimate({
    connection: () => world.connection,
    isSetUp: () => world.isSetUp,
    isShown: () => world.isShown,
    items: () => world.items,
    sessionId: () => world.sessionId,
    mode: () => world.mode,
    post: (...said) => posted.push(said),
    log: (message) => logged.push(message),
  });
  const settle = async (answer: EstimateResult | Error) => {
    const next = waiting.shift();
    if (answer instanceof Error) next?.reject(answer);
    else next?.resolve(answer);
    await new Promise((resolve) => setImmediate(resolve));
  };
  const reconnect = () => {
    world.connection = newConnection() as never;
  };
  return { estimate, world, asked, waiting, posted, logged, settle, reconnect };
}

describe("what the draft costs", () => {
  it("is asked for with one request at most under way, and only of the latest text", async () => {
    const { estimate, asked, waiting, posted, settle } = scene();
    estimate.typed("W", 1);
    estimate.typed("Wh", 2);
    estimate.typed("Why?  ", 3);
    expect(waiting).toHaveLength(1);
    await settle(result("cheap"));
    expect(posted).toEqual([]);
    expect(asked.map(({ question }) => question)).toEqual(["W", "Why?"]);
    await settle(result("frontier"));
    expect(posted).toEqual([[result("frontier"), 3]]);
    expect(waiting).toHaveLength(0);
  });

  it("sends the texts that go along only where the server does not have them", async () => {
    const { estimate, world, asked, settle, reconnect } = scene();
    const sent: boolean[] = [];
    const type = async (question: string) => {
      estimate.typed(question, 1);
      await settle(result("cheap"));
      sent.push(asked.at(-1)?.context !== undefined);
    };
    await type("a");
    await type("ab");
    world.mode = "frontier";
    await type("abc");
    expect(asked.at(-1)).toEqual({ sessionId: "s", question: "abc", mode: "frontier" });
    world.items = [item("two")];
    await type("abc");
    expect(asked.at(-1)?.context).toEqual([item("two")]);
    world.sessionId = "another";
    await type("abc");
    reconnect();
    await type("abc");
    await type("abcd");
    expect(sent).toEqual([true, false, false, true, true, true, false]);
    estimate.conversationChanged();
    await settle(result("cheap"));
    expect(asked.at(-1)?.context).toEqual([item("two")]);
  });

  it("is nothing while no server runs or nothing is set up, and after a failure, which the log has", async () => {
    const { estimate, world, asked, posted, logged, settle } = scene();
    const { connection } = world;
    world.connection = null;
    estimate.typed("a", 1);
    await settle(result("cheap"));
    world.connection = connection;
    world.isSetUp = false;
    estimate.typed("a", 2);
    await settle(result("cheap"));
    expect(asked).toEqual([]);
    world.isSetUp = true;
    estimate.changed();
    await settle(new Error("it went away"));
    expect(posted).toEqual([
      [null, 1],
      [null, 2],
      [null, 2],
    ]);
    expect(logged).toEqual(["No estimate: it went away"]);
    estimate.changed();
    expect(asked.at(-1)?.context).toEqual([item("one")]);
  });

  it("is not asked for while nobody sees it", () => {
    const { estimate, world, asked } = scene();
    world.isShown = false;
    estimate.typed("a", 1);
    estimate.conversationChanged();
    expect(asked).toEqual([]);
  });
});
