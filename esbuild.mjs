// Builds the three bundles of the extension into dist/:
//   client  one CommonJS file for the extension host
//   server  ES modules with code splitting: what is heavy and not always needed is a chunk of its own
//   webview one classic script and its styles for the chat page
// `--dev` adds source maps and keeps names; without it the output is what goes into the VSIX.
import { copyFile, mkdir, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { build } from "esbuild";
import { writeNotices } from "./scripts/write-notices.mjs";

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

await rm("dist", { recursive: true, force: true });

const results = await Promise.all([
  build({
    ...common,
    entryPoints: { extension: "client/extension.ts" },
    outdir: "dist/client",
    outExtension: { ".js": ".cjs" },
    platform: "node",
    target: "node22",
    format: "cjs",
    external: ["vscode"],
  }),
  build({
    ...common,
    entryPoints: { main: "server/main.ts" },
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
    entryPoints: ["client/webview/chat.ts", "client/webview/chat.css"],
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

await writeNotices(
  results.flatMap((result) => Object.keys(result.metafile.inputs)),
  ["@vscode/codicons"],
  "dist/THIRD_PARTY_NOTICES.txt",
);
