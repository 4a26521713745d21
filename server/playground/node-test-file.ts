import type { SampleFile } from "./sample-file.ts";

const quoted = (module: string) => `"${module}"`;

/** Test code for a TypeScript file, with what it needs to run under `node --test`. */
export const nodeTestFile: SampleFile["testFile"] = ({ code, usual, names, path }) => {
  const base = path.slice(path.lastIndexOf("/") + 1);
  const head = [
    `import assert from ${quoted("node:assert/strict")};`,
    `import { test } from ${quoted("node:test")};`,
    `import { ${usual.map(names).sort().join(", ")} } from ${quoted(`./${base}`)};`,
  ];
  return `${head.join("\n")}\n\n${code}`;
};
