import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { build, type Metafile } from "esbuild";
import { expect, it } from "vitest";

const providers = join(import.meta.dirname, "../../../server/providers");

/** Each wire asks a vendor that refuses, and says what came of it. */
const script = `
  import { createServer } from "node:http";
  import { createHttp } from ${JSON.stringify(join(providers, "http.ts"))};
  import { createProvider } from ${JSON.stringify(join(providers, "create-provider.ts"))};
  const server = createServer((request, response) => response.writeHead(500).end()).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const network = { proxyStrictSsl: true, proxySupport: "off", noProxy: [], systemCertificates: false, environment: {} };
  const http = createHttp(network);
  for (const preset of ["openai-compatible", "anthropic", "gemini", "vertex-express", "openai-responses", "bedrock", "ollama"]) {
    const path = preset === "ollama" ? "" : "/v1";
    const setting = { id: "v", preset, baseUrl: "http://127.0.0.1:" + server.address().port + path };
    const request = { modelId: "m", messages: [{ role: "user", text: "?" }], maxOutputTokens: 9 };
    const parts = createProvider({ setting, key: "AKIAIOSFODNN7EXAMPLE:secret", http }).stream(request, { signal: new AbortController().signal });
    try { for await (const part of parts); } catch (error) { console.log(preset, error.failure?.kind ?? error); }
  }
  await http.close();
  server.close();
`;

// A bundle loads CommonJS packages in another way than Node does, and splits what is imported late into files of its own.
it("each wire works when it is bundled and minified, and is loaded when it is used", async () => {
  const folder = await mkdtemp(join(tmpdir(), "wayfare-bundle-"));
  try {
    const { metafile } = await build({
      metafile: true,
      stdin: { contents: script, resolveDir: providers, loader: "js" },
      bundle: true,
      minify: true,
      splitting: true,
      platform: "node",
      target: "node22",
      format: "esm",
      outdir: folder,
      outExtension: { ".js": ".mjs" },
      logLevel: "silent",
      banner: {
        js: "import{createRequire as bundleRequire}from'node:module';const require=bundleRequire(import.meta.url);",
      },
    });
    const { stdout } = await promisify(execFile)(process.execPath, [join(folder, "stdin.mjs")]);
    expect(stdout.trimEnd().split("\n")).toEqual(
      ["openai-compatible", "anthropic", "gemini", "vertex-express", "openai-responses", "bedrock", "ollama"].map(
        (preset) => `${preset} server-error`,
      ),
    );
    const atStart = loadedAtStart(
      metafile,
      Object.keys(metafile.outputs).find((file) => file.endsWith("/stdin.mjs")) ?? "",
    );
    expect(atStart.length).toBeGreaterThan(30);
    const vendors = /node_modules\/(@ai-sdk\/(anthropic|google|openai|amazon-bedrock)|@smithy|aws4fetch|undici)\//;
    expect(atStart.filter((file) => vendors.test(file))).toEqual([]);
    expect(atStart.filter((file) => /(ask|encode|decode|list)-ollama/.test(file))).toEqual([]);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

/** The source files in a bundle and in the chunks that it imports outright. */
function loadedAtStart({ outputs }: Metafile, entry: string): string[] {
  const seen = new Set<string>();
  const waiting = [entry];
  for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
    if (seen.has(file)) continue;
    seen.add(file);
    const imports = outputs[file]?.imports ?? [];
    waiting.push(...imports.filter((each) => each.kind === "import-statement").map((each) => each.path));
  }
  return [...seen].flatMap((file) => Object.keys(outputs[file]?.inputs ?? {}));
}
