import { describe, expect, it } from "vitest";
import { FailureError, failureOf, failureSchema, isAbort } from "../../shared/failure.ts";

describe("failure", () => {
  it("travels inside its error and comes out as it went in", () => {
    const failure = { kind: "rate-limit" as const, retryAfterMs: 20_000, message: "Too many requests." };
    const error = new FailureError(failure);
    expect(error.message).toBe("Too many requests.");
    expect(failureOf(error)).toBe(failure);
    expect(failureSchema.parse(JSON.parse(JSON.stringify(failure)))).toEqual(failure);
  });

  it("takes any other error for a fault of Wayfare", () => {
    expect(failureOf(new TypeError("x is not a function"))).toEqual({
      kind: "internal",
      message: "x is not a function",
    });
    expect(failureOf("odd")).toEqual({ kind: "internal", message: "odd" });
  });

  it("tells a cancelled request from a failed one", () => {
    const controller = new AbortController();
    controller.abort();
    expect(isAbort(controller.signal.reason)).toBe(true);
    expect(isAbort(new FailureError({ kind: "truncated", message: "cut" }))).toBe(false);
    expect(isAbort("AbortError")).toBe(false);
  });

  it("refuses a failure without its facts", () => {
    expect(failureSchema.safeParse({ kind: "silence", message: "nothing came" }).success).toBe(false);
  });
});
