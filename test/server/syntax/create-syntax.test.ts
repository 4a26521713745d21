import { execFile } from "node:child_process";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { build } from "esbuild";
import { describe, expect, it } from "vitest";
import { createSyntax } from "../../../server/syntax/create-syntax.ts";
import { directory, engine } from "./grammar-folder.ts";

describe("parsers", () => {
  it("are there once they were loaded, and the same each time", async () => {
    const syntax = createSyntax({ directory, engine });
    expect(syntax.ready("go")).toBe(null);
    const [one, two] = await Promise.all([syntax.load("go"), syntax.load("go")]);
    expect(one).not.toBe(null);
    expect(two).toBe(one);
    expect(syntax.ready("go")).toBe(one);
    expect(syntax.ready("python")).toBe(null);
  });

  it("are shared by languages that have one grammar", async () => {
    const syntax = createSyntax({ directory: pathToFileURL(`${directory}/`), engine: pathToFileURL(engine) });
    expect(await syntax.load("javascriptreact")).toBe(await syntax.load("javascript"));
  });

  it("are missing for a language without a grammar, and for a folder without grammars", async () => {
    const syntax = createSyntax({ directory, engine });
    for (const languageId of ["plaintext", "cobol", "", "constructor", "../typescript"]) {
      expect(await syntax.load(languageId)).toBe(null);
      expect(syntax.ready(languageId)).toBe(null);
    }
    const lost = createSyntax({ directory: join(directory, "nowhere"), engine });
    expect(await lost.load("go")).toBe(null);
    expect(lost.ready("go")).toBe(null);
  });
});

const script = `
  import { createSyntax } from ${JSON.stringify(join(import.meta.dirname, "../../../server/syntax/create-syntax.ts"))};
  const syntax = createSyntax(${JSON.stringify({ directory, engine })});
  const parser = await syntax.load("typescript");
  console.log(JSON.stringify(parser?.errors("const a = 1;\\nconst b = = 2;")));
  console.log(JSON.stringify(parser?.placeAt("f(one, )", 7)));
`;

it("the engine works when it is bundled and minified, in a file that the first one does not import", async () => {
  const folder = await mkdtemp(join(tmpdir(), "wayfare-bundle-"));
  try {
    await build({
      stdin: { contents: script, resolveDir: import.meta.dirname, loader: "js", sourcefile: "main.js" },
      bundle: true,
      minify: true,
      splitting: true,
      platform: "node",
      target: "node22",
      format: "esm",
      outdir: folder,
      outExtension: { ".js": ".mjs" },
      logLevel: "silent",
      banner: { js: "import{createRequire as r}from'node:module';const require=r(import.meta.url);" },
    });
    const { stdout } = await promisify(execFile)(process.execPath, [join(folder, "stdin.mjs")]);
    expect(stdout).toBe('{"count":1,"firstLine":2}\n{"kind":"argument","depth":0}\n');
    const first = await readFile(join(folder, "stdin.mjs"), "utf8");
    expect(first.length).toBeLessThan(10_000);
    expect(first).not.toMatch(/from\s*"\.\/tree-parser/);
    expect((await readdir(folder)).some((file) => file.startsWith("tree-parser-"))).toBe(true);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
