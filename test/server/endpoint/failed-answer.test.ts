import { describe, expect, it } from "vitest";
import type { Failure } from "../../../shared/failure.ts";
import { ask, hello, start } from "./endpoint-scene.ts";
import { bill, createFakeRelay } from "./fake-relay.ts";

const streamed = { ...hello, stream: true };

describe("an answer", () => {
  it("that fails before its first content has a status of its own", async () => {
    const { port } = await start(
      createFakeRelay(({ listener }) =>
        listener.end({
          state: "failed",
          beginning: null,
          failure: { kind: "rate-limit", retryAfterMs: 1_200, message: "Acme asks to wait." },
          bill,
        }),
      ),
    );
    const answer = await ask(port, { body: streamed });
    expect([answer.status, answer.json]).toEqual([
      429,
      {
        error: {
          message: "Acme asks to wait.",
          type: "rate_limit_error",
          param: null,
          code: "rate_limit_exceeded",
        },
      },
    ]);
    expect(answer.headers).toMatchObject({
      "retry-after": "2",
      "x-should-retry": "false",
      "x-wayfare-attempts": "3",
      "x-wayfare-cost-usd": "0.00000126",
    });
  });

  it.each([
    [429, "15", { kind: "rate-limit", retryAfterMs: null, message: "Slow down." }],
    [429, "15", { kind: "rate-limit", retryAfterMs: 40_000, message: "Slow down." }],
    [503, "15", { kind: "overloaded", status: 529, message: "Busy." }],
    [502, "15", { kind: "server-error", status: 500, message: "It failed." }],
  ] as const)("that may be asked again says when: %i, in %s s", async (status, seconds, failure) => {
    const { port } = await start(
      createFakeRelay(({ listener }) =>
        listener.end({ state: "failed", beginning: null, failure, bill, retryAfterMs: 14_100 }),
      ),
    );
    const answer = await ask(port, { body: streamed });
    expect([answer.status, answer.headers["retry-after"]]).toEqual([status, seconds]);
  });

  it("that failed on several models names each, and what became of it", async () => {
    const [one] = bill.attempts;
    if (one === undefined) throw new Error("There is no attempt.");
    const failed = (modelId: string, failure: Failure) => ({ ...one, modelId, outcome: "failed" as const, failure });
    const down: Failure = { kind: "server-error", status: 500, message: "127.0.0.1:9911 failed (500)." };
    const busy: Failure = { kind: "rate-limit", retryAfterMs: null, message: "Acme limits the rate." };
    const attempts = [failed("small", down), failed("small", down), failed("spare", busy)];
    const failure = { ...down, message: "3 attempts failed. 127.0.0.1:9911 failed (500)." };
    const { port } = await start(
      createFakeRelay(({ listener }) =>
        listener.end({ state: "failed", beginning: null, failure, bill: { ...bill, attempts } }),
      ),
    );
    const message =
      "3 attempts failed. 127.0.0.1:9911 failed (500). Asked were acme/small (500 from the server) and acme/spare (rate limited).";
    const wayfare = {
      attempts: [
        { model: "acme/small", kind: "server-error", message: down.message },
        { model: "acme/small", kind: "server-error", message: down.message },
        { model: "acme/spare", kind: "rate-limit", message: busy.message },
      ],
    };
    for (const body of [hello, streamed]) {
      expect((await ask(port, { body })).json).toMatchObject({ error: { message }, wayfare });
    }
    const claude = { model: "auto", max_tokens: 9, messages: hello.messages };
    const answer = await ask(port, { path: "/v1/messages", body: claude });
    expect(answer.json).toMatchObject({ type: "error", error: { message }, wayfare });
  });
});
