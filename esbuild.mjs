// Builds the three bundles of the extension into dist/:
//   client  CommonJS for the extension host: what every start reads, and the language client apart
//   server  ES modules with code splitting: what is heavy and not always needed is a chunk of its own
//   webview one classic script and its styles for each page: the chat, the routes, the costs, what was learned, the doctor and the local endpoint
//   grammars the compiled grammars of the languages that are parsed, and the engine that runs them, compressed
// `--dev` adds source maps and keeps names; without it the output is what goes into the VSIX.
import { copyFile, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { basename, dirname, join, resolve } from "node:path";
import { brotliCompressSync, constants } from "node:zlib";
import { build } from "esbuild";
import { writeNotices } from "./scripts/write-notices.mjs";
import { engineFile, grammarFiles } from "./server/syntax/grammars.ts";

const development = process.argv.includes("--dev");
const require = createRequire(import.meta.url);

/** zod brings its messages in 50 languages, a quarter of a megabyte that every start would read; ours are in English. */
const oneLanguage = {
  name: "one-language",
  setup(builder) {
    builder.onLoad({ filter: /zod[\\/]v4[\\/]locales[\\/]index\.js$/ }, ({ path }) => ({
      contents: 'export { default as en } from "./en.js";',
      resolveDir: dirname(path),
    }));
  },
};

const common = {
  plugins: [oneLanguage],
  bundle: true,
  minify: !development,
  sourcemap: development,
  metafile: true,
  legalComments: "none",
  logLevel: "warning",
  define: { "process.env.NODE_ENV": '"production"' },
};

/**
 * The language client is half of the client's code and not needed before a server is: it stays in a bundle of its own,
 * loaded then, and the messages' names stand in for its protocol package until it is there.
 */
const lateLanguageClient = {
  name: "late-language-client",
  setup(builder) {
    builder.onResolve({ filter: /\/connect-server\.ts$/ }, () => ({ path: "./connect-server.cjs", external: true }));
    builder.onResolve({ filter: /^vscode-languageserver-protocol$/ }, () => ({
      path: resolve("client/message-names.ts"),
    }));
  },
};

/**
 * VS Code gives an extension an `https` that knows the proxy of this network, and gives it to one that asks for `https`:
 * who asks for `node:https` gets Node's, which knows none.
 */
const networkOfVsCode = {
  name: "network-of-vs-code",
  setup(builder) {
    builder.onResolve({ filter: /^node:https$/ }, () => ({ path: "https", external: true }));
  },
};

const client = {
  ...common,
  plugins: [oneLanguage, networkOfVsCode],
  outdir: "dist/client",
  outExtension: { ".js": ".cjs" },
  platform: "node",
  target: "node22",
  format: "cjs",
  external: ["vscode"],
  // The extension host intercepts `require`, and only that.
  supported: { "dynamic-import": false },
};

await rm("dist", { recursive: true, force: true });

const results = await Promise.all([
  build({
    ...client,
    plugins: [...client.plugins, lateLanguageClient],
    entryPoints: { extension: "client/extension.ts" },
  }),
  build({ ...client, entryPoints: { "connect-server": "client/connect-server.ts" } }),
  build({
    ...common,
    entryPoints: { main: "server/main.ts" },
    define: { ...common.define, WAYFARE_VERSION: JSON.stringify(require("./package.json").version) },
    outdir: "dist/server",
    platform: "node",
    target: "node22",
    format: "esm",
    splitting: true,
    // Bundled CommonJS packages call `require` for Node's own modules, which an ES module does not have.
    banner: {
      js: "import{createRequire as wayfareRequire}from'node:module';const require=wayfareRequire(import.meta.url);",
    },
  }),
  build({
    ...common,
    entryPoints: [
      "chat.ts",
      "chat.css",
      "routes.ts",
      "routes.css",
      "costs.ts",
      "costs.css",
      "learned.ts",
      "learned.css",
      "doctor.ts",
      "doctor.css",
      "endpoint.ts",
      "endpoint.css",
    ].map((file) => `client/webview/${file}`),
    outdir: "dist/webview",
    platform: "browser",
    target: "chrome120",
    format: "iife",
  }),
]);

const codicons = dirname(require.resolve("@vscode/codicons/dist/codicon.css"));
await mkdir("dist/webview", { recursive: true });
await copyFile(join(codicons, "codicon.css"), "dist/webview/codicon.css");
await copyFile(join(codicons, "codicon.ttf"), "dist/webview/codicon.ttf");

await copyFile("data/routing-weights.json", "dist/server/routing-weights.json");
const grammars = new Set(grammarFiles.values());
await mkdir("dist/grammars", { recursive: true });
const parsing = [
  `web-tree-sitter/${engineFile}`,
  ...[...grammars].map((file) => `@vscode/tree-sitter-wasm/wasm/${file}`),
];
for (const file of parsing) {
  // A quarter smaller than the package's own compression makes it.
  const bytes = brotliCompressSync(await readFile(require.resolve(file)), {
    params: { [constants.BROTLI_PARAM_QUALITY]: 9, [constants.BROTLI_PARAM_LGWIN]: 22 },
  });
  await writeFile(join("dist/grammars", `${basename(file)}.br`), bytes);
}

await writeNotices(
  results.flatMap((result) => Object.keys(result.metafile.inputs)),
  ["@vscode/codicons", "@vscode/tree-sitter-wasm", "web-tree-sitter"],
  grammars,
  "dist/THIRD_PARTY_NOTICES.txt",
);
