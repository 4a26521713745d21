import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ProviderPart } from "../../../server/core/provider.ts";
import { createToolCallCollector, type ToolCallPiece } from "../../../server/providers/collect-tool-calls.ts";
import { streamedArguments, wholeCalls } from "./hear-provider.ts";

const piece = (index: number | null, id: string | null, name: string | null, argumentsText = ""): ToolCallPiece => ({
  index,
  id,
  name,
  argumentsText,
});

function collect(pieces: readonly ToolCallPiece[], cut: "yes" | "no" = "no") {
  const collector = createToolCallCollector({ host: "api.example.com", idPrefix: "call_x" });
  const told: ProviderPart[] = pieces.flatMap(collector.take);
  const { parts, failure } = collector.end({ cut });
  return { parts: [...told, ...parts], failure };
}

/** Whole calls, once each; what was streamed of them is the same; each began once, before its deltas. */
function check(
  pieces: readonly ToolCallPiece[],
  calls: readonly (readonly [id: string, name: string, args: string])[],
) {
  const { parts, failure } = collect(pieces);
  expect(failure).toBeNull();
  expect(wholeCalls(parts)).toEqual(calls);
  expect(streamedArguments(parts).map((text) => (text.trim() === "" ? "{}" : text.trim()))).toEqual(
    calls.map(([, , args]) => args),
  );
  const starts = parts.flatMap((part) => (part.type === "tool-call-start" ? [[part.index, part.id, part.name]] : []));
  expect(starts).toEqual(calls.map(([id, name], index) => [index, id, name]));
  const begun = new Set<number>();
  for (const part of parts) {
    if (part.type === "tool-call-start") begun.add(part.index);
    if (part.type === "tool-call-delta" || part.type === "tool-call") expect(begun).toContain(part.index);
  }
}

describe("a call is whole, once, however it comes", () => {
  it("id and name first, then arguments in pieces", () => {
    check(
      [piece(0, "a", "read", ""), piece(0, null, null, '{"p'), piece(0, null, null, '":1}')],
      [["a", "read", '{"p":1}']],
    );
  });

  it("parallel calls, their pieces interleaved", () => {
    check(
      [
        piece(0, "a", "read"),
        piece(1, "b", "list"),
        piece(1, null, null, '{"dir":'),
        piece(0, null, null, '{"p":'),
        piece(1, null, null, '"."}'),
        piece(0, null, null, "1}"),
      ],
      [
        ["a", "read", '{"p":1}'],
        ["b", "list", '{"dir":"."}'],
      ],
    );
  });

  it("everything in one piece, and arguments only with the last", () => {
    check([piece(0, "a", "read", '{"p":1}')], [["a", "read", '{"p":1}']]);
    check([piece(0, "a", "read"), piece(0, "a", null, '{"p":1}')], [["a", "read", '{"p":1}']]);
  });

  it("the whole once more after its pieces", () => {
    const whole = piece(0, "a", "read", '{"p":1}');
    check([piece(0, "a", "read"), piece(0, null, null, '{"p":1}'), whole], [["a", "read", '{"p":1}']]);
    check([piece(0, "a", "read"), piece(0, null, null, '{"p"'), whole], [["a", "read", '{"p":1}']]);
    check([piece(0, null, "read", '{"p":1}'), piece(0, null, "read", '{"p":1}')], [["call_x_0", "read", '{"p":1}']]);
  });

  it("the name in every piece, and a new id in every piece", () => {
    check([piece(0, "a", "read", '{"p'), piece(0, "a", "read", '":1}')], [["a", "read", '{"p":1}']]);
    check(
      [piece(0, "a", "read", ""), piece(0, "b", "read", '{"p'), piece(0, "c", "read", '":1}')],
      [["a", "read", '{"p":1}']],
    );
    check([piece(0, "a", "read", '{"p'), piece(0, "b", null, '":1}')], [["a", "read", '{"p":1}']]);
  });

  it("without an id it gets one of its own, and one that comes late is taken when it was not told yet", () => {
    check(
      [piece(0, null, "read", '{"p":1}'), piece(1, null, "list", "{}")],
      [
        ["call_x_0", "read", '{"p":1}'],
        ["call_x_1", "list", "{}"],
      ],
    );
    check([piece(0, null, "read"), piece(0, "late", null, '{"p":1}')], [["late", "read", '{"p":1}']]);
  });

  it("parallel calls under one number, or none, told apart by id or by being whole", () => {
    check(
      [piece(0, "a", "read", '{"p":1}'), piece(0, "b", "read", '{"p":2}')],
      [
        ["a", "read", '{"p":1}'],
        ["b", "read", '{"p":2}'],
      ],
    );
    check(
      [piece(null, null, "read", '{"p":1}'), piece(null, null, "read", '{"p":2}')],
      [
        ["call_x_0", "read", '{"p":1}'],
        ["call_x_1", "read", '{"p":2}'],
      ],
    );
    check(
      [piece(0, "a", "now"), piece(0, "b", "list"), piece(0, null, null, '{"d":1}')],
      [
        ["a", "now", "{}"],
        ["b", "list", '{"d":1}'],
      ],
    );
  });

  it("parallel calls that only their ids tell apart, begun before the first has arguments", () => {
    const begun = [piece(null, "a", "read"), piece(null, "b", "read")];
    check(
      [...begun, piece(null, "a", null, '{"p":1}'), piece(null, "b", null, '{"p":2}')],
      [
        ["a", "read", '{"p":1}'],
        ["b", "read", '{"p":2}'],
      ],
    );
  });

  it("no arguments are {}: nothing, blanks, or null", () => {
    for (const nothing of ["", "  ", "null", "{}"]) {
      expect(wholeCalls(collect([piece(0, "a", "now", nothing)]).parts)).toEqual([["a", "now", "{}"]]);
    }
  });

  it("the signature beside a call stays with it", () => {
    const { parts } = collect([{ ...piece(0, "a", "read", "{}"), signature: "sig" }, piece(1, "b", "list", "{}")]);
    const calls = parts.filter((part) => part.type === "tool-call");
    expect(calls.map((call) => call.signature)).toEqual(["sig", undefined]);
  });
});

describe("what cannot be used is a failure, never an empty object", () => {
  it.each([
    ['{"p":', "arguments that are not a JSON object"],
    ['{"p":1}}', "arguments that are not a JSON object"],
    ["[1]", "arguments that are not a JSON object"],
    ['"p"', "arguments that are not a JSON object"],
  ])("%s", (said, why) => {
    const { parts, failure } = collect([piece(0, "a", "read", said), piece(1, "b", "list", "{}")]);
    expect(failure).toEqual({
      kind: "malformed",
      message: `api.example.com asked for the tool "read" with ${why}.`,
    });
    expect(wholeCalls(parts)).toEqual([]);
  });

  it("says when the room was used up in the middle", () => {
    expect(collect([piece(0, "a", "read", '{"p":')], "yes").failure?.message).toBe(
      'api.example.com used up the room for its answer in the middle of the arguments for the tool "read".',
    );
  });

  it("a call without a name", () => {
    expect(collect([piece(0, "a", null, "{}")]).failure?.message).toBe(
      "api.example.com asked for a tool without saying which.",
    );
  });

  it("calls without end", () => {
    const many = Array.from({ length: 200 }, (_, index) => piece(index, `id${index}`, "read", "{}"));
    expect(collect(many).failure?.message).toBe("api.example.com asked for more than 128 tool calls in one answer.");
  });
});

it("however the arguments are cut and the calls interleaved, the calls are the same", () => {
  const args = fc.dictionary(fc.string(), fc.jsonValue()).map((value) => JSON.stringify(value));
  const cuts = fc.array(fc.nat(60), { maxLength: 6 });
  fc.assert(
    fc.property(
      fc.array(fc.tuple(args, cuts), { minLength: 1, maxLength: 4 }),
      fc.infiniteStream(fc.nat()),
      (calls, order) => {
        const queues = calls.map(([text, at], index) => {
          const places = [0, ...at.map((each) => Math.min(each, text.length)).sort((a, b) => a - b), text.length];
          const texts = places.slice(1).map((end, step) => text.slice(places[step], end));
          return [piece(index, `id${index}`, `tool${index}`), ...texts.map((each) => piece(index, null, null, each))];
        });
        const pieces = queues.map((queue) => queue.shift()).filter((each) => each !== undefined);
        while (queues.some((queue) => queue.length > 0)) {
          const open = queues.filter((queue) => queue.length > 0);
          const next = open[(order.next().value ?? 0) % open.length]?.shift();
          if (next !== undefined) pieces.push(next);
        }
        check(
          pieces,
          calls.map(([text], index) => [`id${index}`, `tool${index}`, text] as const),
        );
      },
    ),
    { numRuns: 200 },
  );
});
