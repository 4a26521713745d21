import { describe, expect, it } from "vitest";
import { buildDecision } from "../../../server/engine/build-decision.ts";
import { readSession } from "../../../server/engine/read-session.ts";
import type { Attempt, Session, Turn } from "../../../shared/answer.ts";
import { routeOf } from "./scripted-provider.ts";

const route = routeOf("small");
const decision = buildDecision(
  {
    mode: "cheap",
    why: "you chose cheap",
    classification: null,
    plan: [{ route, reason: "the only cheap model", expectedCostNano: 10 }],
    leftOut: [],
    notSent: [],
    firstOf: { cheap: route, frontier: null },
  },
  { attempts: [], answeredBy: null, finishReason: null },
);
const crashed: Attempt = {
  id: "a1",
  providerId: "small",
  modelId: "m",
  tier: "cheap",
  outcome: "crashed",
  failure: { kind: "internal", message: "The server ended." },
  startedAtMs: 1,
  firstTokenMs: null,
  durationMs: 10,
  usage: null,
  heldNano: 700,
  costNano: 700,
  costSource: "reserved",
};

function show(state: Turn["state"], attempts: Attempt[]): Turn | undefined {
  const turn: Turn = { id: "t", askedAtMs: 1, question: "?", context: [], answer: "", state, failure: null, decision };
  const session: Session = { id: "s", title: "?", updatedAtMs: 1, costNano: 700, simulated: false, turns: [turn] };
  const store = {
    sessions: { read: (id: string) => (id === "s" ? session : null) },
    ledger: { attemptsOfTurn: (turnId: string) => (turnId === "t" ? attempts : []) },
  };
  expect(readSession("another", store)).toBeNull();
  return readSession("s", store)?.turns[0];
}

describe("a conversation that is read again", () => {
  it("tells what an answer cost whose process died in the middle, and why it went where it did", () => {
    expect(show("interrupted", [crashed])?.decision).toMatchObject({
      why: "you chose cheap",
      plan: [{ providerId: "small" }],
      attempts: [{ outcome: "crashed" }],
      costNano: 700,
      costSource: "reserved",
    });
  });

  it("says nothing of a cost that is not settled", () => {
    expect(show("interrupted", [])?.decision).toBeNull();
    expect(show("answering", [crashed])?.decision).toBeNull();
  });

  it("leaves an answer that ended as it was written", () => {
    expect(show("done", [crashed])?.decision).toEqual(decision);
  });
});
