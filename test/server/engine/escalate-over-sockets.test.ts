import { describe, expect, it } from "vitest";
import { unparsedBlocks } from "../../../server/engine/verify-answer.ts";
import { anthropicStream, openAiStream } from "../providers/vendor-streams.ts";
import { syntax } from "../syntax/grammar-folder.ts";
import { type Script, startVendors } from "./fault-scene.ts";
import { counts, half, refuses, repeats, streams, tornAfter } from "./faulty-vendors.ts";

/** A cheap answer with code, and the frontier's, over real sockets, wires, books and parsers. */

const broken = "Like this:\n\n```python\ndef add(a, b):\n    total = a + b\n    return (total\n```\n";
const right = "Like this:\n\n```python\ndef add(a, b):\n    return a + b\n```\n";
const says = (text: string): Script => streams((wire) => wire.text(text) + wire.end("stop", counts));
/** 1,000 tokens in and 50 out, at $1 and $2 a million, and at $10 and $20. */
const cheapNano = 1_100_000;
const frontierNano = 11_000_000;

const scene = (cheap: Script, frontier: Script) =>
  startVendors(
    {
      small: { wire: openAiStream, scripts: [cheap] },
      large: { wire: anthropicStream, scripts: [frontier], tier: "frontier", price: { input: 10, output: 20 } },
    },
    { unparsedBlocks: (answer) => unparsedBlocks(answer, syntax) },
  );

describe("a question of auto over real sockets", () => {
  it("has a second answer where the first one's code does not parse, byte for byte, in the books as two", async () => {
    const { put, store } = await scene(says(broken), says(right));
    const turn = await put("rename a to b", "auto");
    expect(turn).toMatchObject({
      answer: right,
      asked: ["small", "large"],
      shown: ["attempt", "text", "attempt", "restart", "text"],
      rows: [
        ["small", "done", cheapNano, "computed"],
        ["large", "done", frontierNano, "computed"],
      ],
    });
    expect(turn.restarts).toEqual(["small/small: the cheap answer's code did not parse (line 3)"]);
    expect(turn.decision).toMatchObject({
      why: "escalated: the cheap answer's code did not parse (line 3), $0.0110 more",
      costNano: cheapNano + frontierNano,
      escalated: { because: "unparsed", extraNano: frontierNano },
    });
    expect(turn.decision).not.toHaveProperty("unparsed");
    expect(store.ledger.spend().real).toMatchObject({ spentNano: cheapNano + frontierNano, heldNano: 0 });
  });

  it("has one answer where its code parses", async () => {
    const { put } = await scene(says(right), says(broken));
    const turn = await put("rename a to b", "auto");
    expect([turn.answer, turn.asked.join(" "), turn.restarts]).toEqual([right, "small", []]);
    expect(turn.decision).not.toHaveProperty("escalated");
  });

  it("keeps the first answer with its mark where the frontier's vendor refuses the key", async () => {
    const { put } = await scene(says(broken), refuses(401, "authentication_error", "invalid x-api-key"));
    const turn = await put("rename a to b", "auto");
    expect([turn.answer, turn.state, turn.asked.join(" "), turn.restarts]).toEqual([broken, "done", "small large", []]);
    expect(turn.decision).toMatchObject({
      why: "the cheap answer's code did not parse (line 3); large/large: key refused (401)",
      unparsed: [{ block: 0, languageId: "python", line: 3 }],
      costNano: cheapNano,
      escalated: { extraNano: 0, kept: "large/large: key refused (401)" },
    });
  });

  it("has the first answer back, byte for byte, where the frontier's breaks off, and pays for both", async () => {
    const { put, store } = await scene(says(broken), tornAfter(half));
    const turn = await put("rename a to b", "auto");
    expect([turn.answer, turn.state]).toEqual([broken, "done"]);
    expect(turn.rows).toMatchObject([
      ["small", "done", cheapNano, "computed"],
      ["large", "failed", expect.any(Number), "estimated"],
    ]);
    const { escalated, why, costNano, unparsed } = turn.decision ?? {};
    expect(why).toMatch(/^the cheap answer's code did not parse \(line 3\); large\/large: /);
    expect(unparsed).toEqual([{ block: 0, languageId: "python", line: 3 }]);
    expect(escalated?.extraNano).toBeGreaterThan(0);
    expect(costNano).toBe(cheapNano + (escalated?.extraNano ?? 0));
    expect(store.ledger.spend().real).toMatchObject({ spentNano: costNano, heldNano: 0 });
  });

  it("has the first answer back where the person stops the frontier's, whose stream is closed and paid for", async () => {
    const { put, store } = await scene(
      says(broken),
      repeats((wire) => wire.text(half)),
    );
    const turn = await put("rename a to b", "auto", (part) => part.type === "restart");
    expect([turn.answer, turn.state]).toEqual([broken, "done"]);
    expect(turn.rows).toMatchObject([
      ["small", "done", cheapNano, "computed"],
      ["large", "cancelled", expect.any(Number), "estimated"],
    ]);
    expect(turn.decision?.why).toBe(
      "the cheap answer's code did not parse (line 3); you stopped the frontier's answer",
    );
    const spent = cheapNano + (turn.decision?.escalated?.extraNano ?? 0);
    expect(store.ledger.spend().real).toMatchObject({ spentNano: spent, heldNano: 0 });
  });

  it("has the first answer alone where nobody else could be asked, and its message says so", async () => {
    const { put } = await startVendors(
      { small: { wire: openAiStream, scripts: [says(broken)] } },
      { unparsedBlocks: (answer) => unparsedBlocks(answer, syntax) },
    );
    const turn = await put("rename a to b", "auto");
    expect([turn.answer, turn.asked, turn.restarts]).toEqual([broken, ["small"], []]);
    expect(turn.decision?.why).toBe(
      "the cheap answer's code did not parse (line 3); there is no frontier model to ask",
    );
  });
});
