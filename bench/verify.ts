import { join } from "node:path";
import { placeOf } from "../server/core/completion-place.ts";
import { polish } from "../server/core/polish-completion.ts";
import { holeOf } from "../server/core/surroundings.ts";
import { verifyCompletion } from "../server/core/verify-completion.ts";
import { createSyntax } from "../server/syntax/create-syntax.ts";
import { quantile } from "./server-client.ts";

/**
 * Polishing and verifying a completion of 40 lines in a file of 10,000, in one language of braces and one of indentation:
 * one that fits, one that breaks off in the middle and has to be cut back, one that does not fit at all. Beside it what a
 * keystroke costs before a model is asked: the place of the cursor in the syntax, while typing and after a jump.
 */
const modules = join(import.meta.dirname, "../node_modules");
const syntax = createSyntax({
  directory: join(modules, "@vscode/tree-sitter-wasm/wasm"),
  engine: join(modules, "web-tree-sitter/web-tree-sitter.wasm"),
});
const rounds = 600;

const typescript = {
  languageId: "typescript",
  file: `export class Long {\n${Array.from({ length: 1_250 }, (_, at) => `  method${at}(one: string, two: number): number {\n    const list = [...one].map((each) => each.charCodeAt(0));\n    if (list.length > two) {\n      return list[${at}] ?? 0;\n    }\n    return this.other(list, { two, name: "method${at}" });\n  }\n`).join("\n")}}\n`,
  at: (method: number) => `\n  method${method}(`,
  begun: "  added(one: string): number {\n    ",
  fits: `const seen = new Map<string, number>();\n${"    for (const each of one) {\n      seen.set(each, (seen.get(each) ?? 0) + 1);\n    }\n".repeat(12)}    if (seen.size > 3) return 1;\n    return seen.size;`,
  ended: "\n  }\n",
};
const python = {
  languageId: "python",
  file: `class Long:\n${Array.from({ length: 1_400 }, (_, at) => `    def method_${at}(self, one: str, two: int) -> int:\n        values = [ord(each) for each in one]\n        if len(values) > two:\n            return values[${at}]\n        log.info("method %s", {"two": two, "name": one})\n        return self.other(values, two=two)\n`).join("\n")}`,
  at: (method: number) => `\n    def method_${method}(`,
  begun: "    def added(self, one: str) -> int:\n        ",
  fits: `seen: dict[str, int] = {}\n${"        for each in one:\n            if each not in seen:\n                seen[each] = 0\n            seen[each] += 1\n".repeat(9)}        if len(seen) > 3:\n            return 1\n        return len(seen)`,
  ended: "\n\n",
};

for (const { languageId, file, at, begun, fits, ended } of [typescript, python]) {
  const parser = await syntax.load(languageId);
  if (parser === null) throw new Error(`No grammar for ${languageId}.`);
  const lines = fits.split("\n");
  const kinds = {
    fits,
    "breaks off": `${lines.slice(0, 30).join("\n")}\n${lines.slice(30, 39).join("\n")}\n        list(one, [two`,
    "fits nowhere": lines.map((line) => line.replace(/[:{]$/, " )(")).join("\n"),
  };
  const typing: number[] = [];
  const jumped: number[] = [];
  const judged: Record<string, number[]> = {};
  for (let round = 0; round < rounds; round += 1) {
    const method = 20 + ((round * 7) % 1_200);
    const start = file.indexOf(at(method)) + 1;
    const prefix = file.slice(0, start) + begun;
    const suffix = ended + file.slice(start);
    const text = prefix + suffix;
    const jumpedAt = performance.now();
    const place = parser.placeAt(text, prefix.length);
    jumped.push(performance.now() - jumpedAt);
    const next = `${prefix}s${suffix}`;
    const typedAt = performance.now();
    parser.placeAt(next, prefix.length + 1);
    typing.push(performance.now() - typedAt);
    for (const [name, raw] of Object.entries(kinds)) {
      const asked = placeOf({ text, offset: prefix.length, languageId, syntax: place, isInvoked: true });
      // Looked at before the model is asked.
      const hole = holeOf({ prefix, suffix, languageId, place: asked });
      const startedAt = performance.now();
      const polished = polish(raw, { hole, eol: "\n", fromChat: false, finished: "stop" });
      if (polished.text !== null) verifyCompletion({ parser, prefix, suffix, text: polished.text });
      const times = judged[name] ?? [];
      judged[name] = times;
      times.push(performance.now() - startedAt);
    }
  }
  const figures = (times: readonly number[]) => {
    // The first rounds are the compiler's.
    const warm = times.slice(50);
    return `p50 ${quantile(warm, 0.5).toFixed(2)} ms, p99 ${quantile(warm, 0.99).toFixed(2)} ms`;
  };
  for (const [name, times] of Object.entries(judged)) {
    console.log(`polish and verify 40 lines of ${languageId}, text that ${name}: ${figures(times)}  (bar p99 3)`);
  }
  console.log(
    `place of the cursor in ${languageId}, 10,000 lines: typing ${figures(typing)}; after a jump ${figures(jumped)}`,
  );
}
