import { describe, expect, it } from "vitest";
import { boundTokens, estimateTokens } from "../../../server/core/estimate-tokens.ts";
import type { Message, Tool } from "../../../server/core/provider.ts";
import { type Calibration, createCalibration } from "../../../server/engine/calibration.ts";
import { learnedRoutes } from "../../../server/engine/gather-models.ts";
import { activity, routeOf, type Step, text, usage } from "./scripted-provider.ts";
import { walk } from "./walk-plan.ts";

const callSteps = (index: number, id: string, args: string, signature?: string): Step[] => [
  { type: "tool-call-start", index, id, name: "read_file" },
  { type: "tool-call-delta", index, text: args },
  {
    type: "tool-call",
    index,
    id,
    name: "read_file",
    argumentsJson: args,
    ...(signature === undefined ? {} : { signature }),
  },
];
const waiting: Step = { type: "finish", reason: "tool-calls" };
const broken: Step = { type: "fail", failure: { kind: "truncated", message: "cut" } };
const thought = (words: string, signature: string | null): Step[] => [
  { type: "reasoning-delta", text: words },
  { type: "reasoning-end", signature, redactedData: null },
];
const byOf = (id: string) => ({ origin: `https://${id}.example.com`, modelId: "m" });
const tool: Tool = { name: "read_file", description: "Reads a file.", parameters: { type: "object" } };

describe("an answer with tool calls", () => {
  it("is no empty one, and tells the calls and the thinking behind them", async () => {
    const script = [activity, ...thought("Let me look.", "sig"), ...callSteps(0, "c1", '{"path":"a"}', "s1"), waiting];
    const end = await walk({ a: [script], b: [[text("never asked"), waiting]] }).result;
    expect(end).toMatchObject({ state: "done", finishReason: "tool-calls", text: "", answeredBy: { providerId: "a" } });
    expect(end.toolCalls).toEqual([
      { id: "c1", name: "read_file", argumentsJson: '{"path":"a"}', signature: { value: "s1", by: byOf("a") } },
    ]);
    expect(end.reasoning).toEqual([{ text: "Let me look.", signature: "sig", redactedData: null, by: byOf("a") }]);
  });

  it("is one route's alone: a restart voids calls, text and thinking of the one before", async () => {
    const long = "Let me look at that file first, then at the others. ";
    const { emitted, result } = walk({
      a: [[activity, ...thought("First.", "one"), text(long), ...callSteps(0, "a1", "{}"), broken]],
      b: [[activity, ...callSteps(0, "b1", '{"path":"b"}'), ...callSteps(1, "b2", "{}"), waiting]],
    });
    const end = await result;
    expect(end.toolCalls).toEqual([
      { id: "b1", name: "read_file", argumentsJson: '{"path":"b"}' },
      { id: "b2", name: "read_file", argumentsJson: "{}" },
    ]);
    expect([end.text, end.reasoning]).toEqual(["", []]);
    expect(emitted.map((part) => part.type)).toEqual(["attempt", "reasoning", "text", "attempt", "restart"]);
  });

  it("thinking that nobody signed is kept as it came", async () => {
    const end = await walk({ a: [[{ type: "reasoning-delta", text: "Hm." }, text("x"), waiting]] }).result;
    expect(end.reasoning).toEqual([{ text: "Hm.", signature: null, redactedData: null, by: byOf("a") }]);
  });

  it("is paid for: arguments are counted where the vendor counts nothing", async () => {
    const args = JSON.stringify({ path: "src/some/long/path/to/a/file.ts", reason: "to see what it does" });
    const end = await walk({ a: [[activity, ...callSteps(0, "c1", args), waiting]] }).result;
    expect(end.attempts[0]?.usage?.output).toBeGreaterThanOrEqual(estimateTokens(args));
    const counted = await walk({ a: [[activity, ...callSteps(0, "c1", args), usage(100, 33), waiting]] }).result;
    expect(counted.attempts[0]?.usage?.output).toBe(33);
  });

  it("that never ends is no answer", async () => {
    const endless: Step[] = Array.from({ length: 3_000 }, () => ({
      type: "tool-call-delta",
      index: 0,
      text: '"word ',
    }));
    const start: Step = { type: "tool-call-start", index: 0, id: "c1", name: "read_file" };
    const end = await walk({ a: [[start, ...endless, waiting]] }, { job: { maxOutputTokens: 100 } }).result;
    expect(end).toMatchObject({ state: "failed", failure: { kind: "malformed" } });
    expect(end.toolCalls).toEqual([]);
  });
});

describe("a conversation with parts", () => {
  const messages: Message[] = [
    { role: "user", text: "why?", images: [{ mediaType: "image/png", base64: "AAAA" }] },
    {
      role: "assistant",
      text: "",
      toolCalls: [{ id: "c1", name: "read_file", argumentsJson: "{}" }],
      reasoning: [{ text: "Hm.", signature: "sig", redactedData: null, by: byOf("a") }],
    },
    { role: "tool", text: "const a = 1;", toolCallId: "c1" },
  ];

  it("goes to each route without what another has signed, with tools and choice", async () => {
    const routes = [routeOf("a", { wire: "anthropic" }), routeOf("b", { wire: "anthropic" })];
    const { provider, result } = walk(
      {
        a: [[{ type: "fail", failure: { kind: "overloaded", status: 503, message: "no" } }]],
        b: [[text("ok"), waiting]],
      },
      { routes, job: { messages, tools: [tool], toolChoice: "required" } },
    );
    await result;
    expect(provider("a").requests[0]?.messages[1]?.reasoning).toHaveLength(1);
    expect(provider("b").requests[0]?.messages[1]).toEqual({
      role: "assistant",
      text: "",
      toolCalls: [{ id: "c1", name: "read_file", argumentsJson: "{}" }],
    });
    expect(provider("b").requests[0]?.messages[0]).toBe(messages[0]);
    expect(provider("b").requests[0]).toMatchObject({ tools: [tool], toolChoice: "required" });
  });

  it("holds money for its images and tools, as the model of each route counts them", async () => {
    const routes = [routeOf("a", { modelId: "claude-sonnet-5" })];
    const { ledger, result } = walk({ a: [[text("ok"), waiting]] }, { routes, job: { messages, tools: [tool] } });
    await result;
    const atLeast = 150 + 4_784 + boundTokens(JSON.stringify(tool.parameters));
    expect(ledger.reserved[0]?.heldNano).toBeGreaterThan(atLeast * 1_000 + 4_096 * 2_000);
    expect(ledger.reserved[0]?.heldNano).toBeLessThan((atLeast + 1_500) * 1_000 + 4_096 * 2_000);
  });
});

describe("a conversation with a document", () => {
  const documents = [{ base64: "A".repeat(4_000) }];
  const job = { messages: [{ role: "user", text: "why?", documents }] } satisfies { messages: Message[] };

  it("holds money for a whole window, since nobody can tell what stands in it", async () => {
    const { ledger, result } = walk({ a: [[text("ok"), waiting]] }, { job });
    await result;
    expect(ledger.reserved[0]?.heldNano).toBe((150 + 128_000) * 1_000 + 4_096 * 2_000);
  });

  it("counts as that window where its vendor counts nothing, and as what it counts where it does", async () => {
    const uncounted = await walk({ a: [[activity, text("ok"), waiting]] }, { job }).result;
    expect(uncounted.attempts[0]).toMatchObject({ usage: { input: 128_000 }, costSource: "estimated" });
    expect(uncounted.attempts[0]?.costNano).toBeGreaterThan(128_000 * 1_000);
    const counted = await walk({ a: [[activity, text("ok"), usage(9_000, 33), waiting]] }, { job }).result;
    expect(counted.attempts[0]).toMatchObject({ usage: { input: 9_000 }, costNano: 9_000 * 1_000 + 33 * 2_000 });
  });

  it("teaches nothing of how its vendor counts", async () => {
    const learned: unknown[] = [];
    const calibration: Calibration = { ...createCalibration(), learn: (route) => void learned.push(route) };
    const answer = [activity, text("ok"), usage(90_000, 33), waiting];
    await walk({ a: [answer] }, { job, calibration }).result;
    expect(learned).toHaveLength(0);
    await walk({ a: [answer] }, { calibration }).result;
    expect(learned).toHaveLength(1);
  });
});

it("what a server said that a model does not take is known to the next plan", () => {
  const routes = [routeOf("a", { takesImages: null }), routeOf("b")];
  const lacks = (id: string) => (id === "a" ? (["images", "prefill"] as const) : []);
  expect(learnedRoutes(routes, ({ providerId }) => ({ lacks: () => lacks(providerId) }))).toEqual([
    { ...routes[0], takesImages: false, takesPrefill: false },
    routes[1],
  ]);
  expect(learnedRoutes(routes, () => null)).toEqual(routes);
});
