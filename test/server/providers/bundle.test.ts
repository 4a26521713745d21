import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { build } from "esbuild";
import { expect, it } from "vitest";

const providers = join(import.meta.dirname, "../../../server/providers");

/** Both wires ask a vendor that refuses, and say what came of it. */
const script = `
  import { createServer } from "node:http";
  import { createHttp } from ${JSON.stringify(join(providers, "http.ts"))};
  import { createProvider } from ${JSON.stringify(join(providers, "create-provider.ts"))};
  const server = createServer((request, response) => response.writeHead(500).end()).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const network = { proxyStrictSsl: true, proxySupport: "off", noProxy: [], systemCertificates: false, environment: {} };
  const http = createHttp(network);
  for (const preset of ["openai-compatible", "anthropic"]) {
    const setting = { id: "v", preset, baseUrl: "http://127.0.0.1:" + server.address().port + "/v1" };
    const request = { modelId: "m", messages: [{ role: "user", text: "?" }], maxOutputTokens: 9 };
    const parts = createProvider({ setting, key: "k", http }).stream(request, { signal: new AbortController().signal });
    try { for await (const part of parts); } catch (error) { console.log(preset, error.failure?.kind ?? error); }
  }
  await http.close();
  server.close();
`;

// A bundle loads CommonJS packages in another way than Node does, and splits what is imported late into files of its own.
it("both wires work when they are bundled and minified", async () => {
  const folder = await mkdtemp(join(tmpdir(), "wayfare-bundle-"));
  try {
    await build({
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
      banner: { js: "import{createRequire as r}from'node:module';const require=r(import.meta.url);" },
    });
    const { stdout } = await promisify(execFile)(process.execPath, [join(folder, "stdin.mjs")]);
    expect(stdout).toBe("openai-compatible server-error\nanthropic server-error\n");
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
