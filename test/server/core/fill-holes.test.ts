import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { placeOf } from "../../../server/core/completion-place.ts";
import { cutAround } from "../../../server/core/fim-prompt.ts";
import { polish } from "../../../server/core/polish-completion.ts";
import { createStopper } from "../../../server/core/stop-completion.ts";
import { holeOf } from "../../../server/core/surroundings.ts";

/**
 * Holes cut into real files and filled as models do: with what was there, and then on and on. What is shown has to be what
 * was there. A few holes leave a file that no one could make sense of, so the bar is not every one.
 */

const folder = new URL("../../../server/core/", import.meta.url);
const files = readdirSync(folder)
  // Prompt marks are taken out of answers, so a file about them is no fair one.
  .filter((name) => name.endsWith(".ts") && !["fim-families.ts", "unwrap-answer.ts", "weights.ts"].includes(name))
  .map((name) => readFileSync(new URL(name, folder), "utf8"));

interface Hole {
  text: string;
  offset: number;
  was: string;
  below: string;
}

/** The end of every thirty-first line, from its third word on. */
function* endsOfLines(): Generator<Hole> {
  for (const text of files) {
    let start = 0;
    for (const [index, line] of text.split("\n").entries()) {
      const column = /^\s*\S+\s+\S+\s+(?=\S)/.exec(line)?.[0].length;
      const end = start + line.length;
      if (index % 31 === 0 && column !== undefined) {
        const offset = start + column;
        yield {
          text: text.slice(0, offset) + text.slice(end),
          offset,
          was: text.slice(offset, end),
          below: text.slice(end, end + 400),
        };
      }
      start = end + 1;
    }
  }
}

/** The body of each function: a sample of them would be another one with every change of a file. */
function* bodies(): Generator<Hole> {
  for (const text of files) {
    for (const match of text.matchAll(/^(?:export )?function .*\{\n( +)(\S(?:.*\n)*?)\}\n/gm)) {
      const was = (match[2] ?? "").trimEnd();
      const offset = match.index + match[0].indexOf("\n") + 1 + (match[1]?.length ?? 0);
      const end = offset + was.length;
      if (was.split("\n").filter((line) => line.trim() !== "").length > 15 || was.length > 900) continue;
      yield { text: text.slice(0, offset) + text.slice(end), offset, was, below: text.slice(end, end + 400) };
    }
  }
}

/** Of all holes the share that shows what was there, with the answer whole and cut off by the stopper. */
function share(
  holes: Iterable<Hole>,
  fromChat: boolean,
  answerOf: (hole: Hole, prefix: string, suffix: string) => string,
) {
  const count = { holes: 0, right: 0, sameEarly: 0 };
  for (const hole of holes) {
    const languageId = "typescript";
    const place = placeOf({ ...hole, languageId, syntax: null, isInvoked: true });
    const sides = cutAround({ ...hole, prefixCharacters: 6_000, suffixCharacters: 2_000 });
    const answer = answerOf(hole, sides.prefix, sides.suffix);
    const facts = { hole: holeOf({ ...sides, languageId, place }), fromChat };
    const whole = polish(answer, { ...facts, eol: "\n", finished: "stop" });
    const isEnough = createStopper(facts);
    // A vendor's pieces are smaller; the answer is not judged more often than some thirty times here.
    const step = Math.max(8, Math.ceil(answer.length / 30));
    let length = 0;
    while (length < answer.length && !isEnough(answer.slice(0, length))) length += step;
    const finished = length < answer.length ? "enough" : "stop";
    count.holes++;
    if (whole.text === hole.was) count.right++;
    if (polish(answer.slice(0, length), { ...facts, eol: "\n", finished }).text === whole.text) count.sameEarly++;
  }
  expect(count.holes).toBeGreaterThan(50);
  return { right: count.right / count.holes, sameEarly: count.sameEarly / count.holes };
}

const fenced = (code: string) => `Here is the code:\n\n\`\`\`typescript\n${code}\n\`\`\`\n\nThis completes the file.`;

describe.each([
  ["the ends of lines", endsOfLines],
  ["the bodies of functions", bodies],
])("%s", (_, holes) => {
  it("come back from a model that fills holes and does not stop", () => {
    const { right, sameEarly } = share(holes(), false, ({ was, below }) => was + below);
    expect(right).toBeGreaterThan(0.95);
    expect(sameEarly).toBeGreaterThan(0.98);
  });

  it("come back from a chat model that talks", () => {
    const { right, sameEarly } = share(holes(), true, ({ was }) => fenced(was));
    expect(right).toBeGreaterThan(0.95);
    expect(sameEarly).toBeGreaterThan(0.98);
  });

  it("come back from a chat model that tells the whole file", () => {
    const { right, sameEarly } = share(holes(), true, ({ was }, prefix, suffix) => fenced(prefix + was + suffix));
    expect(right).toBeGreaterThan(0.95);
    expect(sameEarly).toBeGreaterThan(0.98);
  });
});
