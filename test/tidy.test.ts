import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { basename, dirname, join, posix } from "node:path";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import * as protocol from "../shared/protocol.ts";
import { settingSchemas } from "../shared/settings.ts";
import { changesTheProcess } from "../vitest.config.ts";

/** The rules of ARCHITECTURE.md that a machine can hold. Each failure lists the places and says which rule they break. */

const root = join(dirname(new URL(import.meta.url).pathname), "..");
const read = (path: string) => readFileSync(join(root, path), "utf8");
const listed = execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard"], {
  cwd: root,
  encoding: "utf8",
})
  .split("\n")
  .filter((path) => path !== "" && existsSync(join(root, path)));
const sources = listed.filter((path) => /^(client|shared|server)\/.*\.ts$/.test(path));
const allCode = listed.filter(
  (path) => /\.(ts|mjs)$/.test(path) && !path.startsWith("media/") && !path.startsWith("test/fixtures/"),
);
const architecture = existsSync(join(root, "ARCHITECTURE.md")) ? read("ARCHITECTURE.md") : "";
const manifest = z
  .object({
    contributes: z.object({
      commands: z.array(z.object({ command: z.string(), title: z.string() })),
      configuration: z.object({
        properties: z.record(
          z.string(),
          z.object({ default: z.unknown(), scope: z.string(), markdownDescription: z.string() }),
        ),
      }),
      menus: z.record(
        z.string(),
        z.array(z.object({ command: z.string(), when: z.string(), group: z.string().optional() })),
      ),
    }),
  })
  .parse(JSON.parse(read("package.json")));

/** Every module a file imports, dynamic imports included; comments and strings that merely look alike are rare enough. */
function importsOf(path: string): string[] {
  const text = read(path).replace(/^\s*(\/\/|\*).*$/gm, "");
  return [...text.matchAll(/(?:\bfrom\s+|\bimport\s*\(?\s*)"([^"\s()]+)"/g)].map((match) => match[1] ?? "");
}

type Room =
  | "client"
  | "webview"
  | "shared"
  | "core"
  | "providers"
  | "store"
  | "syntax"
  | "engine"
  | "endpoint"
  | "playground"
  | "handlers"
  | "main";

/** The start of the server, what it serves, and what both are made of. */
const compositionRoots = new Set(
  ["main", "serve-editor", "serve-endpoint", "compose"].map((name) => `server/${name}.ts`),
);

function roomOf(path: string): Room {
  if (path.startsWith("client/webview/")) return "webview";
  if (path.startsWith("client/")) return "client";
  if (path.startsWith("shared/")) return "shared";
  const folder = /^server\/([^/]+)\//.exec(path)?.[1];
  if (folder === undefined) return compositionRoots.has(path) ? "main" : "handlers";
  return folder as Room;
}

const mayImport: Record<Room, readonly Room[]> = {
  shared: ["shared"],
  webview: ["webview", "shared"],
  client: ["client", "webview", "shared"],
  core: ["core", "shared"],
  providers: ["providers", "core", "shared"],
  store: ["store", "core", "shared"],
  syntax: ["syntax", "core", "shared"],
  playground: ["playground", "core", "shared"],
  engine: ["engine", "providers", "store", "syntax", "core", "shared"],
  endpoint: ["endpoint", "engine", "core", "shared"],
  handlers: ["handlers", "engine", "core", "shared"],
  main: ["main", "handlers", "endpoint", "engine", "providers", "store", "syntax", "playground", "core", "shared"],
};

/** Packages and Node modules each room may name. What is not here is not used there. */
const mayName: Record<Room, RegExp> = {
  shared: /^(zod|vscode-languageserver-protocol)$/,
  webview: /^(zod|markdown-it|dompurify|chart\.js|highlight\.js\/.*)$/,
  client:
    /^(vscode|vscode-languageclient(\/node)?|zod|ignore|node:(child_process|path|os|crypto|http|https|fs\/promises))$/,
  core: /^(zod|@pydantic\/genai-prices)$/,
  providers:
    /^(zod|undici|eventsource-parser(\/stream)?|@ai-sdk\/.*|aws4fetch|node:(tls|net|dns|crypto|stream|zlib|buffer))$/,
  store: /^(zod|node:(sqlite|worker_threads|fs|fs\/promises|path|os|crypto))$/,
  syntax: /^(web-tree-sitter|node:(fs\/promises|url|path|util|zlib))$/,
  playground: /^(zod|node:(http|net|events|crypto|timers\/promises))$/,
  engine: /^(zod|node:(crypto|timers\/promises))$/,
  endpoint: /^(zod|node:(http|crypto))$/,
  handlers:
    /^(zod|vscode-languageserver-textdocument|vscode-languageserver(\/node|\/node\.js)?|vscode-languageserver-protocol)$/,
  main: /^(zod|vscode-languageserver(\/node|\/node\.js)?|node:(process|crypto|module|os))$/,
};

describe("imports", () => {
  it("point one way", () => {
    const wrong: string[] = [];
    for (const path of sources) {
      for (const name of importsOf(path)) {
        if (!name.startsWith(".")) continue;
        const target = posix.normalize(posix.join(posix.dirname(path), name));
        if (!/^(client|shared|server)\//.test(target) || !mayImport[roomOf(path)].includes(roomOf(target))) {
          wrong.push(`${path} imports ${target}`);
        }
      }
    }
    expect(wrong).toEqual([]);
  });

  it("name only the packages of their room", () => {
    const wrong: string[] = [];
    for (const path of sources) {
      for (const name of importsOf(path)) {
        if (!name.startsWith(".") && !mayName[roomOf(path)].test(name)) wrong.push(`${path} imports ${name}`);
      }
    }
    expect(wrong).toEqual([]);
  });

  it("reach the network in one file", () => {
    expect(sources.filter((path) => importsOf(path).includes("undici"))).toEqual(["server/providers/open-way.ts"]);
    const fetching = sources.filter((path) =>
      /(^|[^.\w])fetch\(|\bXMLHttpRequest\b|\bnew WebSocket\b/m.test(read(path)),
    );
    // It sends what the server gives it, where only VS Code's own network knows the way.
    expect(fetching).toEqual(["client/host-network.ts"]);
  });

  it("let the client ask the disk one thing: where a file really lies", () => {
    const asking = sources.filter((path) => path.startsWith("client/") && importsOf(path).includes("node:fs/promises"));
    expect(asking).toEqual(["client/real-path.ts"]);
    expect(read("client/real-path.ts")).toContain('import { realpath } from "node:fs/promises";');
  });

  it("have no cycle", () => {
    const graph = new Map(
      sources.map((path) => [
        path,
        [...read(path).matchAll(/^(?:import|export)\s+(?!type\b)[^;]*?from\s+"(\.[^"]+)"/gm)].map((match) =>
          posix.normalize(posix.join(posix.dirname(path), match[1] ?? "")),
        ),
      ]),
    );
    const state = new Map<string, "open" | "done">();
    const cycles: string[] = [];
    const visit = (path: string, trail: string[]): void => {
      if (state.get(path) === "done") return;
      if (state.get(path) === "open") {
        cycles.push([...trail.slice(trail.indexOf(path)), path].join(" → "));
        return;
      }
      state.set(path, "open");
      for (const next of graph.get(path) ?? []) visit(next, [...trail, path]);
      state.set(path, "done");
    };
    for (const path of sources) visit(path, []);
    expect(cycles).toEqual([]);
  });
});

describe("the manifest", () => {
  it("has exactly the settings of the schema, with the same defaults", () => {
    const inManifest = Object.keys(manifest.contributes.configuration.properties).sort();
    expect(inManifest).toEqual(
      Object.keys(settingSchemas)
        .map((key) => `wayfare.${key}`)
        .sort(),
    );
    for (const [key, schema] of Object.entries(settingSchemas)) {
      expect([key, manifest.contributes.configuration.properties[`wayfare.${key}`]?.default]).toEqual([
        key,
        schema.parse(undefined),
      ]);
    }
  });

  it("gives application scope to what decides where bytes and keys go", () => {
    for (const key of [
      "providers",
      "tiers",
      "playground",
      "network.extraCaFile",
      "network.clientCertificates",
      "network.via",
    ]) {
      expect([key, manifest.contributes.configuration.properties[`wayfare.${key}`]?.scope]).toEqual([
        key,
        "application",
      ]);
    }
  });

  it("has a handler for each command, and no handler without a command", () => {
    const registered = new Set<string>();
    for (const path of sources.filter((each) => each.startsWith("client/") && !each.startsWith("client/webview/"))) {
      for (const match of read(path).matchAll(/register(?:TextEditor)?Command\(\s*"(wayfare\.[\w.]+)"/g))
        registered.add(match[1] ?? "");
    }
    expect([...registered].sort()).toEqual(manifest.contributes.commands.map((each) => each.command).sort());
  });

  it("names its own view in each entry of a view's menu, for an entry without one stands in every view's", () => {
    for (const { command, when, group } of manifest.contributes.menus["view/title"] ?? [])
      expect([command, when, group ?? ""]).toEqual([
        command,
        expect.stringMatching(/^view == wayfare\.\w+( && |$)/),
        expect.stringMatching(/@\d+$/),
      ]);
  });

  it("leads to each of its pages from the chat's menu, whatever is set up", () => {
    const pages = ["showCosts", "showRoutes", "openLearned", "showEndpoint", "doctor"];
    for (const page of pages) {
      expect(manifest.contributes.menus["view/title"]).toContainEqual({
        command: `wayfare.${page}`,
        when: "view == wayfare.chat",
        group: expect.any(String),
      });
    }
  });

  it("offers to change, edit and remove a provider where there is one", () => {
    const offered = (manifest.contributes.menus.commandPalette ?? []).filter(
      ({ when }) => when === "wayfare.setup == ready",
    );
    expect(offered.map(({ command }) => command).sort()).toEqual([
      "wayfare.changeKey",
      "wayfare.editProvider",
      "wayfare.removeProvider",
    ]);
  });

  it("has each setting explained in the README", () => {
    const readme = read("README.md");
    const missing = Object.keys(settingSchemas).filter((key) => !readme.includes(`wayfare.${key}`));
    expect(missing).toEqual([]);
  });
});

describe("ARCHITECTURE.md", () => {
  it("describes every protocol method", () => {
    const methods = Object.values(protocol).flatMap((value) =>
      typeof value === "object" && value !== null && "method" in value ? [String(value.method)] : [],
    );
    expect(methods.length).toBeGreaterThan(8);
    expect(methods.filter((method) => !architecture.includes(`\`${method}\``))).toEqual([]);
  });

  it("names every file it speaks of truly", () => {
    const named = [...architecture.matchAll(/`((?:client|shared|server|test|bench|scripts)\/[\w./-]+\.\w+)`/g)].map(
      (match) => match[1] ?? "",
    );
    expect(named.length).toBeGreaterThan(20);
    expect(named.filter((path) => !existsSync(join(root, path)))).toEqual([]);
  });

  it("names every source file of a room, and gives a reason for each over 400 lines", () => {
    const unnamed = sources.filter((path) => !architecture.includes(basename(path)));
    expect(unnamed).toEqual([]);
    const long = allCode.filter((path) => read(path).split("\n").length > 400);
    expect(long.filter((path) => !new RegExp(`\`${path}\`[^\\n]*over 400 lines`).test(architecture))).toEqual([]);
  });
});

describe("the code", () => {
  it("has no dumping grounds", () => {
    const wrong = allCode.filter((path) => /(^|\/)(index|utils|helpers|types|common|misc)\.(ts|mjs)$|[A-Z]/.test(path));
    expect(wrong).toEqual([]);
  });

  it("asserts no types outside tests", () => {
    const wrong: string[] = [];
    for (const path of sources) {
      for (const [index, line] of read(path).split("\n").entries()) {
        if (/^\s*(\/\/|\*|\/\*|import|export \*|export \{|\} from)/.test(line)) continue;
        const code = line.replace(/"(?:[^"\\]|\\.)*"|`(?:[^`\\]|\\.)*`|\/\/.*$/g, '""');
        if (/\)?\s\bas\s+(?!const\b)[A-Za-z{(["]/.test(code)) wrong.push(`${path}:${index + 1} ${line.trim()}`);
      }
    }
    expect(wrong).toEqual([]);
  });

  it("silences no rule without a reason", () => {
    const wrong: string[] = [];
    for (const path of allCode) {
      for (const [index, line] of read(path).split("\n").entries()) {
        if (
          /@ts-(ignore|nocheck|expect-error)\b(?!\s*:)|biome-ignore(?!.*: .{8,})/.test(line) &&
          path !== "test/tidy.test.ts"
        ) {
          wrong.push(`${path}:${index + 1}`);
        }
      }
    }
    expect(wrong).toEqual([]);
  });

  it("sleeps in no loop and swallows no error without saying why", () => {
    const wrong = sources.filter((path) => /catch\s*(\([^)]*\))?\s*\{\s*\}/.test(read(path)));
    expect(wrong).toEqual([]);
  });
});

describe("tests that take turns in one process", () => {
  const shared = listed.filter((path) => /^test\/(server|shared)\/.*\.ts$/.test(path));
  const takesTurns = shared.filter((path) => !changesTheProcess.includes(path));

  it("are all there that are said to need their own", () => {
    expect(changesTheProcess.filter((path) => !shared.includes(path))).toEqual([]);
  });

  it("have no helper that registers a hook as it is loaded: it is loaded once, so the hook would serve the first file alone", () => {
    const hook = /^(before|after)(Each|All)\(/m;
    expect(takesTurns.filter((path) => !path.endsWith(".test.ts") && hook.test(read(path)))).toEqual([]);
  });

  it("replace no module: another file has loaded it", () => {
    expect(takesTurns.filter((path) => /\bvi\.(do)?[mM]ock\(/.test(read(path)))).toEqual([]);
  });
});

describe("the repository", () => {
  it("stands alone: no registry host, no path of one machine", () => {
    const hosts = new RegExp(["registry\\.npm", "js\\.org|npm", "mirror|/root", "/|/work", "/main"].join(""));
    const wrong = listed.filter((path) => !/\.(png|ttf|ico)$/.test(path) && hosts.test(read(path)));
    expect(wrong).toEqual([]);
    expect(read("package-lock.json")).not.toContain('"resolved"');
  });

  it("ships an allow-list", () => {
    const lines = read(".vscodeignore")
      .split("\n")
      .filter((line) => line !== "" && !line.startsWith("#"));
    expect(lines[0]).toBe("**");
    // What is taken back from the allowed folders may be named; nothing else.
    expect(lines.slice(1).filter((line) => !line.startsWith("!") && line !== "**/*.map")).toEqual([]);
  });
});
