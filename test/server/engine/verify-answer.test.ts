import { describe, expect, it } from "vitest";
import type { Parser, Syntax } from "../../../server/core/syntax.ts";
import { loadParsersFor, unparsedBlocks } from "../../../server/engine/verify-answer.ts";
import { syntax } from "../syntax/grammar-folder.ts";
import { brokenBlocks } from "./broken-blocks.ts";
import { goodExcerpts } from "./good-excerpts.ts";

const fenced = (info: string, code: string) => `\`\`\`${info}\n${code}\`\`\`\n`;
const check = async (answer: string, expected: Awaited<ReturnType<typeof unparsedBlocks>>) =>
  expect(await unparsedBlocks(answer, syntax)).toEqual(expected);

it("parsers for the code of an answer are loaded while it comes", () => {
  const loaded: string[] = [];
  const load = (languageId: string) => {
    loaded.push(languageId);
    return Promise.resolve(null);
  };
  loadParsersFor("```ts\na();\n```\n```\nplain\n```\n```ts\nb();\n```\n```py\na = ", { load });
  expect(loaded).toEqual(["typescript", "python"]);
});

describe("a block that is right somewhere", () => {
  for (const [info, code] of goodExcerpts) {
    it(`is not marked: ${info} ${JSON.stringify(code.slice(0, 60))}`, () => check(fenced(info, code), []));
  }

  it("is right in a list and indented, too", async () => {
    await check("1. Do this:\n\n   ```ts\n   if (a) {\n     b();\n   }\n   ```\n", []);
    await check(fenced("python", "        if self.a:\n            return 1\n        return 2\n"), []);
  });
});

describe("a block that does not parse", () => {
  for (const [info, code, line] of brokenBlocks) {
    it(`is marked: ${info} ${JSON.stringify(code.slice(0, 60))}`, async () => {
      const [found] = await unparsedBlocks(fenced(info, code), syntax);
      expect([found?.block, found?.line]).toEqual([0, line]);
    });
  }

  it("is named by its order among the fenced blocks and by its language", async () => {
    const answer = `First:\n\n${fenced("sh", "ls (\n")}\n- then\n\n  ${fenced("ts", "const a = = 1;\n").replaceAll("\n", "\n  ")}\n\n${fenced("py", "a = 1\n")}\n${fenced("js", "f(;\n")}`;
    await check(answer, [
      { block: 1, languageId: "typescript", line: 1 },
      { block: 3, languageId: "javascript", line: 1 },
    ]);
  });

  it("is not judged where the answer ends within it", () => check("```ts\nconst a = (", []));
});

describe("bounds", () => {
  const broken = fenced("ts", "const a = = 1;\n");

  it("the first 20 blocks are judged", async () => {
    expect((await unparsedBlocks(broken.repeat(25), syntax)).map((each) => each.block)).toEqual(
      Array.from({ length: 20 }, (_, at) => at),
    );
  });

  it("the first 50,000 characters of code are judged", async () => {
    const long = fenced("ts", "one();\n".repeat(7_000));
    expect((await unparsedBlocks(broken + long + broken, syntax)).map((each) => each.block)).toEqual([0, 2]);
    expect((await unparsedBlocks(broken + long + long + broken, syntax)).map((each) => each.block)).toEqual([0]);
  });

  it("a grammar is loaded only for code of its language", async () => {
    const asked: string[] = [];
    const parser: Parser = { errors: () => ({ count: 0, firstLine: null }), placeAt: () => null };
    const watched: Pick<Syntax, "load"> = {
      load(languageId) {
        asked.push(languageId);
        return Promise.resolve(parser);
      },
    };
    await unparsedBlocks("No code, `inline` at most.", watched);
    expect(asked).toEqual([]);
    await unparsedBlocks(fenced("sh", "ls\n") + fenced("brainfuck", "+\n") + fenced("", "a\n"), watched);
    expect(asked).toEqual([]);
    await unparsedBlocks(fenced("py", "a = 1\n"), watched);
    expect(asked).toEqual(["python"]);
  });

  it("nothing is marked when a grammar cannot be loaded", async () => {
    expect(await unparsedBlocks(broken, { load: () => Promise.resolve(null) })).toEqual([]);
  });
});
