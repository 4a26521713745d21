import { describe, expect, it } from "vitest";
import type { Relay, RelayEnd, RelayListener, RelayRequest } from "../../../server/core/relay.ts";
import { wordRelay } from "../../../server/core/word-relay.ts";
import type { Attempt } from "../../../shared/answer.ts";

const request: RelayRequest = {
  id: "1",
  model: "auto",
  ask: { kind: "fill", prefix: "", suffix: "" },
  maxOutputTokens: null,
  passedOn: null,
  dropped: [],
  session: null,
  workspace: null,
  isStreamed: false,
};
const bill = { attempts: [], costNano: 0, costSource: "computed" } as const;
const attempt: Attempt = {
  id: "a1",
  providerId: "acme",
  modelId: "m",
  tier: "cheap",
  outcome: "failed",
  failure: null,
  startedAtMs: 0,
  firstTokenMs: null,
  durationMs: 2,
  usage: null,
  heldNano: 0,
  costNano: 0,
  costSource: "free",
};
const failed: RelayEnd = { state: "failed", beginning: null, failure: { kind: "ledger", message: "shut" }, bill };
const cancelled: RelayEnd = { state: "cancelled", bill };

async function told(end: RelayEnd): Promise<unknown[]> {
  const heard: unknown[] = [];
  const listener: RelayListener = {
    begin: (beginning) => heard.push(beginning.reason),
    part: (part) => heard.push(part),
    end: (each) => heard.push(each),
    busy: () => null,
  };
  const relay: Relay = {
    async ask(_asked, { begin, part, end: tell }) {
      const route = { providerId: "a", modelId: "m", tier: "cheap", simulated: false } as const;
      begin({ route, reason: "shut", attempts: 1, notSent: [], inputTokens: 1 });
      part({ type: "text-delta", text: "shut" });
      tell(end);
    },
    models: () => [],
    countTokens: () => ({ failure: { kind: "malformed", message: "shut" } }),
  };
  const worded = wordRelay(relay, (message) => message.toUpperCase());
  expect(worded.countTokens("auto", { kind: "chat", messages: [], tools: [], toolChoice: "auto" })).toEqual({
    failure: { kind: "malformed", message: "SHUT" },
  });
  await worded.ask(request, listener, new AbortController().signal);
  return heard;
}

describe("a relay in other words", () => {
  it("has those of its failures changed, and nothing of an answer", async () => {
    const text = { type: "text-delta", text: "shut" };
    expect(await told(failed)).toEqual(["shut", text, { ...failed, failure: { kind: "ledger", message: "SHUT" } }]);
    const once = (message: string): RelayEnd => ({
      ...failed,
      failure: { kind: "ledger", message },
      bill: { ...bill, attempts: [{ ...attempt, failure: { kind: "malformed", message } }, attempt] },
    });
    expect(await told(once("shut"))).toEqual(["shut", text, once("SHUT")]);
    expect(await told(cancelled)).toEqual(["shut", text, cancelled]);
  });
});
