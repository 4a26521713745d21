import { describe, expect, it } from "vitest";
import { anthropicStream, openAiStream, type VendorStream } from "../providers/vendor-streams.ts";
import { type Script, startVendors } from "./fault-scene.ts";
import * as vendor from "./faulty-vendors.ts";
import { body, countedNano, counts, half, refuses, streams, textOf, whole, words } from "./faulty-vendors.ts";

/**
 * Every fault that a router meets, over real sockets, wires and books: what a person reads, whom it was asked of and how
 * often, and what the books say of it. Vendor `a` is asked first; `b` always answers.
 */

type Row = readonly [model: string, outcome: string, costNano: number | null, source: string];
const free = (model: string): Row => [model, "failed", 0, "free"];
const counted = (model: string, outcome = "done"): Row => [model, outcome, countedNano, "computed"];
/** Half an answer: the input as sent, the output as received. */
const metered = (costNano: number, outcome = "failed"): Row => ["a", outcome, costNano, "estimated"];

interface Fault {
  what: string;
  scripts: readonly Script[];
  /** Kind and message of the first attempt's failure; null when it is no failure at all. */
  failure: readonly [kind: string, message: string] | null;
  /** With `b` to go to. */
  asked: string;
  rows: readonly Row[];
  answer?: string;
  /** Where a person has read some of it: why it begins again. */
  restart?: string;
  /** Why `a` is left out of the next question's plan; absent: it is not. */
  rests?: string;
  /** Without `b`: what is asked and told. */
  alone: { asked: string; message: string | null; answer?: string };
}

const closedMessage =
  "The connection to a.test was closed before an answer came. If it happens again, look for a firewall or proxy in between.";
const again = " Try again, or choose another model.";

function faultsOf(wire: VendorStream): readonly Fault[] {
  const isOpenAi = wire === openAiStream;
  const rested = (message: string, wait: string) => `${message} a/a is tried again in ${wait}.`;
  const inTurn = (kind: string, message: string, rests?: { why: string; wait: string }) => ({
    failure: [kind, message] as const,
    asked: "a b",
    rows: [free("a"), counted("b")],
    ...(rests === undefined ? {} : { rests: rests.why }),
    alone: { asked: "a", message: rests === undefined ? message : rested(message, rests.wait) },
  });
  const afterOneRetry = (kind: string, message: string) => ({
    failure: [kind, message] as const,
    asked: "a a b",
    rows: [free("a"), free("a"), counted("b")],
    alone: { asked: "a a", message: `2 attempts failed. ${message}` },
  });
  const sound = (answer: string, row: Row) => ({
    failure: null,
    asked: "a",
    rows: [row],
    answer,
    alone: { asked: "a", message: null, answer },
  });
  const restarted = (kind: string, message: string, why: string, costNano: number, told = message, text = half) => ({
    failure: [kind, message] as const,
    asked: "a b",
    rows: [metered(costNano), counted("b")],
    restart: why,
    alone: { asked: "a", message: told, answer: text },
  });
  const silence = (what: string, waited: string, aloneWaited: string) => ({
    ...inTurn("silence", `${what} ${waited}.${again}`),
    alone: { asked: "a", message: rested(`${what} ${aloneWaited}.${again}`, "15 s") },
  });
  const wroteNothing = "a/a took the question but wrote nothing for";
  const stopped = (seconds: number) =>
    `a/a stopped in the middle of its answer: nothing came for ${seconds} s.${again}`;
  const broke = "The answer from a.test broke off before its end.";
  const unreadable = `a.test sent an event that cannot be read.${isOpenAi ? ' "{"cho"' : ""}`;
  const limited = (when: string) =>
    `a.test limits the rate of requests (429). "Slow down." ${when}, or choose another model.`;
  const slowDown = (headers: Record<string, string> = {}) => refuses(429, "rate_limit_error", "Slow down.", headers);
  const down = 'a.test failed (500). "Internal."';
  const noText = `a/a finished without any text.${again}`;
  const emptied = (message: string) => ({
    ...inTurn("empty", message),
    rows: [counted("a", "failed"), counted("b")],
  });
  const pageMessage =
    'a.test answered with a web page, not with an API (200). "Sign in" Check the base URL; a login page of your network can also answer in its place.';
  const tooLong =
    'The request is too long for "a" at a.test. "prompt is too long: 40000 tokens > 32000 maximum" Attach less, or start a new chat.';

  return [
    { what: "an answer as it should be", scripts: [whole], ...sound(words, counted("a")) },
    {
      what: "a connection reset before any byte",
      scripts: [vendor.askedAgain(vendor.resets)],
      ...afterOneRetry("network", closedMessage),
      rests: "cooling down for 10 s: connection reset",
      alone: { asked: "a a", message: `2 attempts failed. ${closedMessage} a/a is tried again in 10 s.` },
    },
    {
      what: "a connection reset once",
      scripts: [vendor.askedAgain(vendor.resets), whole],
      failure: ["network", closedMessage],
      asked: "a a",
      rows: [free("a"), counted("a")],
      alone: { asked: "a a", message: null, answer: words },
    },
    {
      what: "no headers",
      scripts: [vendor.noHeaders],
      ...silence("a/a gave no sign of life for", "10 s", "60 s"),
      rests: "cooling down for 15 s: no answer in 10 s",
    },
    {
      what: "keep-alives and no content",
      scripts: [vendor.beats((each) => each.ping)],
      ...silence(wroteNothing, "20 s", "120 s"),
      rests: "cooling down for 15 s: no first token in 20 s",
    },
    {
      what: "comments and no content",
      scripts: [vendor.beats(() => ": OPENROUTER PROCESSING\n\n")],
      ...silence(wroteNothing, "20 s", "120 s"),
      rests: "cooling down for 15 s: no first token in 20 s",
    },
    {
      what: "roles and empty deltas and no content",
      scripts: [vendor.beats((each) => (isOpenAi ? each.start : "") + each.text(""))],
      ...silence(wroteNothing, "20 s", "120 s"),
      rests: "cooling down for 15 s: no first token in 20 s",
    },
    {
      what: "keep-alives in the middle and no more content",
      scripts: [vendor.beats((each) => each.ping, half)],
      ...restarted("stall", stopped(10), "a/a: stalled for 10 s", 121_000, stopped(60)),
    },
    {
      what: "a stall in the middle",
      scripts: [vendor.stallsAfter(half)],
      ...restarted("stall", stopped(10), "a/a: stalled for 10 s", 121_000, stopped(60)),
    },
    {
      what: "a slow drip, which is no fault",
      scripts: [vendor.drips],
      ...sound(words.repeat(3), counted("a")),
    },
    {
      what: "429 with a short Retry-After",
      scripts: [vendor.askedAgain(slowDown({ "retry-after": "2" })), whole],
      ...inTurn("rate-limit", limited("Again in 2 s")),
      rests: "cooling down for 2 s: rate limited, 2 s",
      alone: { asked: "a a", message: null, answer: words },
    },
    {
      what: "429 with a long Retry-After",
      scripts: [slowDown({ "retry-after": "60" }), whole],
      ...inTurn("rate-limit", limited("Again in 60 s"), {
        why: "cooling down for 60 s: rate limited, 60 s",
        wait: "60 s",
      }),
    },
    {
      what: "529",
      scripts: [refuses(529, "overloaded_error", "Overloaded.")],
      ...inTurn("overloaded", 'a.test is overloaded (529). "Overloaded."', {
        why: "cooling down for 15 s: overloaded (529)",
        wait: "15 s",
      }),
    },
    {
      what: "503",
      scripts: [refuses(503, "api_error", "Busy.")],
      ...inTurn("overloaded", 'a.test is overloaded (503). "Busy."', {
        why: "cooling down for 15 s: overloaded (503)",
        wait: "15 s",
      }),
    },
    {
      what: "500",
      scripts: [vendor.askedAgain(refuses(500, "api_error", "Internal."))],
      ...afterOneRetry("server-error", down),
    },
    {
      what: "500 once",
      scripts: [vendor.askedAgain(refuses(500, "api_error", "Internal.")), whole],
      failure: ["server-error", down],
      asked: "a a",
      rows: [free("a"), counted("a")],
      alone: { asked: "a a", message: null, answer: words },
    },
    {
      what: "a refused key",
      scripts: [refuses(401, "authentication_error", "No such key.")],
      ...inTurn("auth", 'a.test refused the key (401). "No such key." Run "Wayfare: Change Key".'),
      rests: "cooling down for 300 s: key refused (401)",
    },
    {
      what: "a key that may not do this",
      scripts: [refuses(403, "permission_error", "Not yours.")],
      ...inTurn("auth", 'a.test does not allow this with the key (403). "Not yours." Run "Wayfare: Change Key".'),
      rests: "cooling down for 300 s: key refused (403)",
    },
    {
      what: "a model that is not there",
      scripts: [refuses(404, "not_found_error", "model: a")],
      ...inTurn("unknown-model", 'a.test has no model "a" for this key. "model: a" Correct the name in wayfare.tiers.'),
      rests: "cooling down for 300 s: no model a",
    },
    {
      what: "a prompt that is too long, where no route has more room",
      scripts: [refuses(400, "invalid_request_error", "prompt is too long: 40000 tokens > 32000 maximum")],
      failure: ["context-length", tooLong],
      asked: "a",
      rows: [free("a")],
      answer: "",
      alone: { asked: "a", message: tooLong },
    },
    {
      what: "a question refused by content rules, which goes to no other route",
      scripts: [refuses(400, "content_filter", "Blocked by the content policy.")],
      failure: [
        "content-filter",
        'a.test refused the question by its content rules. "Blocked by the content policy." Put it in other words, or choose another model.',
      ],
      asked: "a",
      rows: [free("a")],
      answer: "",
      alone: {
        asked: "a",
        message:
          'a.test refused the question by its content rules. "Blocked by the content policy." Put it in other words, or choose another model.',
      },
    },
    {
      what: "a refusal in place of an answer, which goes to no other route",
      scripts: [streams((each) => each.end("refused", counts))],
      failure: [
        "content-filter",
        "a/a refused to answer this question. Put it in other words, or choose another model.",
      ],
      asked: "a",
      rows: [counted("a", "failed")],
      answer: "",
      alone: {
        asked: "a",
        message: "a/a refused to answer this question. Put it in other words, or choose another model.",
      },
    },
    {
      what: "a 200 with a JSON error",
      scripts: [vendor.askedAgain(body(200, '{"error":{"message":"Upstream is down.","code":502}}'))],
      ...afterOneRetry("server-error", 'a.test failed (502). "Upstream is down."'),
    },
    {
      what: "a 200 with a web page",
      scripts: [body(200, "<html><title>Sign in</title></html>", { "content-type": "text/html" })],
      ...inTurn("not-an-api", pageMessage),
      rests: "cooling down for 60 s: not an API (text/html)",
    },
    { what: "an empty turn", scripts: [streams((each) => each.end("stop", counts))], ...emptied(noText) },
    {
      what: "thoughts, and stop without text",
      scripts: [streams((each) => each.reasoning("Hm.") + each.end("stop", counts))],
      ...emptied(noText),
    },
    {
      what: "an end by length without text",
      scripts: [streams((each) => each.end("length", counts))],
      ...emptied(`a/a used its whole output before it wrote any text.${again}`),
    },
    {
      what: "no usage",
      scripts: [streams((each) => textOf(each) + each.end("stop", null))],
      ...sound(words, metered(133_000, "done")),
    },
    {
      what: "a usage of zero",
      scripts: [streams((each) => textOf(each) + each.end("stop", { input: 0, output: 0 }))],
      ...sound(words, metered(133_000, "done")),
    },
    {
      what: "one malformed event in the middle",
      scripts: [
        streams((each) => `${each.text(half)}data: {"cho\n\n${each.text(" and more")}${each.end("stop", counts)}`),
      ],
      ...restarted("malformed", unreadable, "a/a: unreadable answer", 121_000),
    },
    {
      what: "a connection that breaks in the middle",
      scripts: [vendor.tornAfter(half)],
      ...restarted("truncated", broke, "a/a: cut off before its end", 121_000),
    },
    {
      what: "an orderly close without an end",
      scripts: [streams(textOf)],
      ...restarted("truncated", broke, "a/a: cut off before its end", 133_000, broke, words),
    },
    {
      what: "an error in the middle of the stream",
      scripts: [streams((each) => each.text(half) + each.fault("overloaded_error", "Overloaded"))],
      ...restarted(
        "overloaded",
        `a.test is overloaded (${isOpenAi ? "in its answer" : 529}). "Overloaded"`,
        `a/a: overloaded (${isOpenAi ? 200 : 529})`,
        121_000,
        rested(`a.test is overloaded (${isOpenAi ? "in its answer" : 529}). "Overloaded"`, "15 s"),
      ),
      rests: `cooling down for 15 s: overloaded (${isOpenAi ? 200 : 529})`,
    },
    {
      what: "an answer that never ends, cut at its bound",
      scripts: [vendor.repeats((each) => each.text(`${"x".repeat(4_999)}\n`))],
      failure: null,
      asked: "a",
      // What was asked for at most, at the price of the output, and the input as sent.
      rows: [metered(13_439_000, "done")],
      answer: `${"x".repeat(4_999)}\n`.repeat(8),
      alone: { asked: "a", message: null, answer: `${"x".repeat(4_999)}\n`.repeat(8) },
    },
  ];
}

const wires = [
  ["OpenAI-compatible", openAiStream],
  ["Anthropic", anthropicStream],
] as const;

describe.each(wires)("a fault (%s)", (_name, wire) => {
  it.each(faultsOf(wire).map((fault) => [fault.what, fault] as const))("%s", async (_what, fault) => {
    const { put } = await startVendors({
      a: { wire, scripts: fault.scripts },
      b: { wire: openAiStream, scripts: [whole] },
    });
    const turn = await put();
    expect({ answer: turn.answer, asked: turn.asked.join(" "), rows: turn.rows, restarts: turn.restarts }).toEqual({
      answer: fault.answer ?? words,
      asked: fault.asked,
      rows: fault.rows,
      restarts: fault.restart === undefined ? [] : [fault.restart],
    });
    expect(turn.failures[0] ?? null).toEqual(fault.failure && { kind: fault.failure[0], message: fault.failure[1] });
    expect(turn.state).toBe(fault.answer === "" ? "failed" : "done");
    expect((await put()).resting).toEqual(fault.rests === undefined ? [] : [`a: ${fault.rests}`]);
  });

  it.each(faultsOf(wire).map((fault) => [fault.what, fault] as const))(
    "%s, and no other route",
    async (_what, fault) => {
      const { put, store } = await startVendors({ a: { wire, scripts: fault.scripts } });
      const turn = await put();
      expect({ asked: turn.asked.join(" "), message: turn.failure?.message ?? null, answer: turn.answer }).toEqual({
        answer: "",
        ...fault.alone,
      });
      expect(turn.state).toBe(fault.alone.message === null ? "done" : "failed");
      // Nothing stays held, and what is spent is what the rows say.
      const spentNano = turn.rows.reduce((sum, row) => sum + (row[2] ?? 0), 0);
      expect(store.ledger.spend().real).toMatchObject({ heldNano: 0, spentNano });
    },
  );
});
