import { readFile } from "node:fs/promises";
import { join } from "node:path";

/** The package of compiled grammars that the table below describes. */
const described = "0.3.1";

/**
 * The grammars inside the package of compiled grammars are other people's work, and the package does not carry their
 * papers. Taken from the grammars' own packages of these versions; all are under the MIT licence.
 */
const grammars = [
  {
    name: "tree-sitter-typescript",
    version: "0.23.2",
    copyright: "Copyright (c) 2017 Max Brunsfeld",
    files: ["typescript", "tsx"],
  },
  {
    name: "tree-sitter-javascript",
    version: "0.25.0",
    copyright: "Copyright (c) 2014 Max Brunsfeld",
    files: ["javascript"],
  },
  { name: "tree-sitter-python", version: "0.25.0", copyright: "Copyright (c) 2016 Max Brunsfeld", files: ["python"] },
  { name: "tree-sitter-go", version: "0.25.0", copyright: "Copyright (c) 2014 Max Brunsfeld", files: ["go"] },
  { name: "tree-sitter-java", version: "0.23.5", copyright: "Copyright (c) 2017 Ayman Nadeem", files: ["java"] },
  { name: "tree-sitter-rust", version: "0.24.0", copyright: "Copyright (c) 2017 Maxim Sokolov", files: ["rust"] },
];

/**
 * What the notices say of the grammars in `files` ("tree-sitter-go.wasm" …). Throws for a grammar that is not in the table,
 * and when the package of grammars is of another version than the table was written for.
 *
 * @param {Iterable<string>} files
 * @returns {Promise<{ name: string, version: string, home: string, text: string }[]>}
 */
export async function grammarLicences(files) {
  const folder = join("node_modules", "@vscode", "tree-sitter-wasm");
  const { version } = JSON.parse(await readFile(join(folder, "package.json"), "utf8"));
  if (version !== described) {
    throw new Error(
      `scripts/grammar-licences.mjs describes the grammars of ${described}, and ${version} is installed.`,
    );
  }
  const found = new Set();
  for (const file of files) {
    const grammar = grammars.find((each) => each.files.some((name) => file === `tree-sitter-${name}.wasm`));
    if (grammar === undefined) throw new Error(`The licence of ${file} is not in scripts/grammar-licences.mjs.`);
    found.add(grammar);
  }
  return [...found].map(({ name, version, copyright }) => ({
    name,
    version,
    home: `https://github.com/tree-sitter/${name}`,
    text: `${copyright}\n\n${mit}`,
  }));
}

const mit = `Permission is hereby granted, free of charge, to any person obtaining a copy
of this software and associated documentation files (the "Software"), to deal
in the Software without restriction, including without limitation the rights
to use, copy, modify, merge, publish, distribute, sublicense, and/or sell
copies of the Software, and to permit persons to whom the Software is
furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in
all copies or substantial portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR
IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY,
FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE
AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER
LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM,
OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN
THE SOFTWARE.`;
