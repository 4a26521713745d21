import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Closer } from "../../engine/relay-scene.ts";
import { type ClientsScene, clientsScene, token } from "./clients-scene.ts";
import { type Body, messageEvents, rawVendor, writeNamedEvents } from "./raw-vendor.ts";
import { loopNames, runLoop } from "./tool-loops.ts";

/** A vendor of Anthropic's wire that thinks before it calls, and refuses to go on without what it thought. */

const closers: Closer[] = [];
let scene: ClientsScene;
let bodies: Body[];
const thought = "The file will tell.";
beforeAll(async () => {
  const vendor = await rawVendor(closers, (response, { messages }, nth) => {
    if (messages.length > 1) {
      const said = { start: { type: "text", text: "" }, deltas: [{ type: "text_delta", text: "It says 42." }] };
      writeNamedEvents(response, messageEvents("end_turn", [said]));
      return;
    }
    const thinking = {
      start: { type: "thinking", thinking: "", signature: "" },
      deltas: [
        { type: "thinking_delta", thinking: thought },
        { type: "signature_delta", signature: `signed-${nth}` },
      ],
    };
    const call = {
      start: { type: "tool_use", id: `toolu_${nth}`, name: "read_file", input: {} },
      deltas: [{ type: "input_json_delta", partial_json: '{"path":"a.ts"}' }],
    };
    writeNamedEvents(response, messageEvents("tool_use", [thinking, call]));
  });
  bodies = vendor.bodies;
  scene = await clientsScene(closers, { at: { alps: vendor.url } });
});
afterAll(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

describe.each(loopNames)("%s", (name) => {
  it.each([true, false])("sends the vendor its thinking back, signed as it was (streamed: %s)", async (isStreamed) => {
    const first = bodies.length + 1;
    const asked = { model: "alps/large", text: "What does it say?", isStreamed };
    const thinks = name.includes("OpenAI") || name.endsWith("openai") ? {} : { thinkingTokens: 1_024 };
    const told = await runLoop(name, scene.origin, { ...asked, ...thinks }, () => "42");
    expect(told).toEqual({ runs: [{ name: "read_file", input: { path: "a.ts" } }], text: "It says 42." });
    expect(bodies).toHaveLength(first + 1);
    if ("thinkingTokens" in thinks) {
      expect(bodies[first - 1]).toMatchObject({ thinking: { type: "enabled", budget_tokens: 1_024 } });
    }
    expect(bodies[first]?.messages.slice(1)).toMatchObject([
      {
        role: "assistant",
        content: [
          { type: "thinking", thinking: thought, signature: `signed-${first}` },
          { type: "tool_use", id: `toolu_${first}`, name: "read_file", input: { path: "a.ts" } },
        ],
      },
      { role: "user", content: [{ type: "tool_result", tool_use_id: `toolu_${first}` }] },
    ]);
    expect([...scene.broken, ...scene.faults]).toEqual([]);
  });
});

describe("thinking that was written before the endpoint was started anew", () => {
  it("goes to the vendor as the client sends it, since the vendor wants it with the calls", async () => {
    const assistant = [
      { type: "thinking", thinking: thought, signature: "signed-before" },
      { type: "redacted_thinking", data: "hidden-before" },
      { type: "tool_use", id: "toolu_before", name: "read_file", input: { path: "a.ts" } },
    ];
    const answer = await fetch(`${scene.origin}/v1/messages`, {
      method: "POST",
      headers: { "x-api-key": token, "content-type": "application/json", "anthropic-version": "2023-06-01" },
      body: JSON.stringify({
        model: "alps/large",
        max_tokens: 2_048,
        thinking: { type: "enabled", budget_tokens: 1_024 },
        tools: [{ name: "read_file", input_schema: { type: "object", properties: { path: { type: "string" } } } }],
        messages: [
          { role: "user", content: "What does it say?" },
          { role: "assistant", content: assistant },
          { role: "user", content: [{ type: "tool_result", tool_use_id: "toolu_before", content: "42" }] },
        ],
      }),
    });
    expect(answer.status).toBe(200);
    expect(bodies.at(-1)?.messages[1]).toMatchObject({ role: "assistant", content: assistant });
  });
});
