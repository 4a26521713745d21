import { chmod, mkdir, mkdtemp, readdir, readFile, realpath, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import process from "node:process";
import { describe, expect, it, onTestFinished, type TestContext } from "vitest";
import type { EndpointSurroundings } from "../../../server/core/endpoint-config.ts";
import type { EndpointStart } from "../../../server/core/endpoint-start.ts";
import {
  createEndpointToken,
  type EndpointFileOptions,
  readEndpointFiles,
} from "../../../server/store/read-endpoint-files.ts";

const surroundings: EndpointSurroundings = {
  environment: { OPENAI_API_KEY: "key-of-openai" },
  port: null,
  timeZone: "UTC",
};
const settings = {
  "wayfare.providers": [{ id: "openai", preset: "openai" }],
  "wayfare.tiers": { cheap: ["openai/gpt-5.4-mini"] },
};
const whole = { ledger: "books", tokenFile: "token", keys: { openai: { env: "OPENAI_API_KEY" } }, settings };

/** A folder with these files; each text as it is, everything else as JSON. */
async function folder(files: Record<string, unknown>): Promise<string> {
  const made = await realpath(await mkdtemp(join(tmpdir(), "wayfare-endpoint-")));
  onTestFinished(() => rm(made, { recursive: true, force: true }));
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(made, name)), { recursive: true });
    await writeFile(join(made, name), typeof content === "string" ? content : JSON.stringify(content), { mode: 0o600 });
  }
  return made;
}

const read = (place: string, more: Partial<EndpointFileOptions> = {}) =>
  readEndpointFiles({
    configPath: join(place, "wayfare.json"),
    surroundings,
    createToken: createEndpointToken,
    ...more,
  });

/** What stops it and what does not, with the folder's own path taken out. */
function told(start: EndpointStart, place: string): string[] {
  const line = (how: string) => (each: { field: string; message: string }) =>
    `${how} ${each.field}: ${each.message}`.replaceAll(place, "…");
  return [...(start.ok ? [] : start.problems.map(line("stops"))), ...start.warnings.map(line("warns"))];
}

/** An administrator may read and write everything, whatever a mode says. */
function skipAsAdministrator(context: TestContext): void {
  if (process.getuid?.() === 0) context.skip("an administrator may read and write it all the same");
}

describe("the config file", () => {
  it("is read with comments, and paths in it begin at its folder", async () => {
    const place = await folder({
      "wayfare.json": `// for CI\n${JSON.stringify({ ...whole, ledger: "../books", keys: { openai: { file: "keys/openai" } } })}`,
      "keys/openai": " key-in-a-file\n",
      token: `wf-${"x".repeat(43)}\n`,
    });
    const start = await read(place, { configPath: relative(process.cwd(), join(place, "wayfare.json")) });
    expect(start).toMatchObject({
      ok: true,
      ledgerDirectory: join(dirname(place), "books"),
      token: { path: join(place, "token"), value: `wf-${"x".repeat(43)}`, was: "there" },
      params: {
        keys: [{ providerId: "openai", origin: "https://api.openai.com", key: "key-in-a-file" }],
        trusted: false,
      },
      warnings: [],
    });
    expect(start.secrets).toEqual(["key-in-a-file", `wf-${"x".repeat(43)}`]);
  });

  it("is named where it cannot be read, with line and column where it is no JSON", async () => {
    const place = await folder({
      "wayfare.json": '{\n  "port": 8377\n  "ledger": "b" }',
      "large.json": " ".repeat(1_000_001),
    });
    expect(told(await read(place), place)).toEqual(["stops …/wayfare.json:3:3: A comma is missing before it."]);
    const at = async (name: string) => told(await read(place, { configPath: join(place, name) }), place);
    expect(await at("none.json")).toEqual([
      "stops …/none.json: There is no such file. Name the config file with --config; --help shows a whole one.",
    ]);
    expect(await at("")).toEqual(["stops …: This is a folder. Name the file in it."]);
    expect(await at("large.json")).toEqual([
      "stops …/large.json: This file is larger than 1 MB, and so no config. Name another.",
    ]);
    expect(await at("wayfare.json/x")).toEqual([
      "stops …/wayfare.json/x: This file cannot be read (ENOTDIR). Name another.",
    ]);
  });

  it("and the files are all told of at once", async () => {
    const place = await folder({
      "wayfare.json": {
        port: 0,
        ledger: "wayfare.json",
        tokenFile: "none/token",
        keys: { openai: { file: "none" } },
        settings,
      },
    });
    expect(told(await read(place), place)).toEqual([
      "stops port: 0 is no port. Write a whole number from 1 to 65535, for example 8377.",
      "stops keys.openai: There is no file …/none. Put the key there, or name another file.",
      "stops ledger: …/wayfare.json is a file and not a folder. Name a folder for the books.",
      "stops tokenFile: There is no folder …/none for the token's file. Make it, or name another.",
      "stops wayfare.providers: No provider is left that could be asked: each is mistaken, switched off, or without its key. Mend one of them.",
    ]);
  });
});

describe("a key's file", () => {
  it.each([
    ["empty", "warns keys.groq: The file …/empty is empty. Put the key there."],
    ["keys", "warns keys.groq: …/keys is a folder. Name the file in it that holds the key."],
    ["none", "warns keys.groq: There is no file …/none. Put the key there, or name another file."],
    ["large", "warns keys.groq: The file …/large is larger than 20 kB. Name a file that holds the key alone."],
    [
      "lines",
      "warns keys.groq: The file …/lines holds more than a key: a key has no spaces, line breaks or accents. Put the key alone there.",
    ],
  ])("is named where it gives none, and others are asked all the same: %s", async (file, problem) => {
    const place = await folder({
      "wayfare.json": {
        ...whole,
        keys: { ...whole.keys, groq: { file } },
        settings: {
          ...settings,
          "wayfare.providers": [
            { id: "openai", preset: "openai" },
            { id: "groq", preset: "groq" },
          ],
        },
      },
      empty: " \n",
      "keys/groq": "gsk",
      large: "x".repeat(20_001),
      lines: "GROQ_API_KEY=gsk\nOTHER=1",
    });
    const start = await read(place);
    expect(start.ok).toBe(true);
    expect(told(start, place)).toEqual([problem]);
  });

  it.each([0o640, 0o604, 0o644])("is used, and told of, where others may read it, but on Windows: %o", async (mode) => {
    const place = await folder({ "wayfare.json": { ...whole, keys: { openai: { file: "key" } } }, key: "k" });
    await chmod(join(place, "key"), mode);
    const start = await read(place, { system: "linux" });
    expect(start).toMatchObject({ ok: true, params: { keys: [{ providerId: "openai", key: "k" }] } });
    expect(told(start, place)).toEqual([
      `warns keys.openai: Others on this machine may read …/key (mode ${mode.toString(8)}). Run: chmod 600 …/key`,
    ]);
    expect(told(await read(place, { system: "win32" }), place)).toEqual([]);
    await chmod(join(place, "key"), 0o400);
    expect(told(await read(place, { system: "linux" }), place)).toEqual([]);
  });

  it("is named where its mode keeps it from us", async (context) => {
    skipAsAdministrator(context);
    const place = await folder({ "wayfare.json": { ...whole, keys: { openai: { file: "key" } } }, key: "k" });
    await chmod(join(place, "key"), 0);
    expect(told(await read(place), place)).toContain(
      "stops keys.openai: The file …/key may not be read by the user that runs this. Change its owner or its mode.",
    );
  });
});

describe("the folder of the books", () => {
  it("need not be there, nor those above it", async () => {
    const place = await folder({ "wayfare.json": { ...whole, ledger: "./a/b/c" } });
    expect(await read(place)).toMatchObject({ ok: true, ledgerDirectory: join(place, "a/b/c") });
    expect(await readdir(place)).not.toContain("a");
  });

  it("may not be below a file", async () => {
    const place = await folder({ "wayfare.json": { ...whole, ledger: "wayfare.json/books" } });
    expect(told(await read(place), place)).toEqual([
      "stops ledger: The folder …/wayfare.json/books cannot be reached (ENOTDIR). Name another.",
    ]);
  });

  it.runIf(process.platform === "linux")("has to be where a folder can be made, and tries it", async () => {
    for (const ledger of ["/proc/wayfare", "/proc/wayfare/books"]) {
      const place = await folder({ "wayfare.json": { ...whole, ledger } });
      for (const createToken of [null, createEndpointToken]) {
        expect(told(await read(place, { createToken }), place)).toEqual([
          `stops ledger: The books cannot be written to ${ledger}: nothing can be made in /proc (ENOENT). Name another folder.`,
        ]);
      }
      expect(await readdir(place)).toEqual(["wayfare.json"]);
    }
    const place = await folder({ "wayfare.json": { ...whole, ledger: "/proc" } });
    expect(told(await read(place), place)).toEqual([
      "stops ledger: The books cannot be written to /proc: nothing can be made in /proc (ENOENT). Name another folder.",
    ]);
  });

  it("is left as it was found, and what has the books' name has to be a file", async () => {
    const place = await folder({ "wayfare.json": { ...whole, ledger: "books" }, "books/wayfare.sqlite": "as it was" });
    expect((await read(place)).ok).toBe(true);
    expect(await readdir(join(place, "books"))).toEqual(["wayfare.sqlite"]);
    expect(await readFile(join(place, "books/wayfare.sqlite"), "utf8")).toBe("as it was");
    const other = await folder({ "wayfare.json": { ...whole, ledger: "books" }, "books/wayfare.sqlite/x": "" });
    expect(told(await read(other), other)).toEqual([
      "stops ledger: …/books/wayfare.sqlite is a folder, and the books have to lie there. Move it away.",
    ]);
  });

  it("has to be one that we may write to", async (context) => {
    skipAsAdministrator(context);
    const place = await folder({ "wayfare.json": { ...whole, ledger: "shut/books" }, "shut/x": "" });
    await chmod(join(place, "shut"), 0o500);
    onTestFinished(() => chmod(join(place, "shut"), 0o700));
    expect(told(await read(place), place)).toEqual([
      "stops ledger: The books cannot be written to …/shut/books: …/shut may not be written by the user that runs this. Change its owner, or name another folder.",
    ]);
  });
});

describe("the token's file", () => {
  it("is made where it is missing, for its owner alone, and holds from then on", async () => {
    const place = await folder({ "wayfare.json": whole });
    const first = await read(place);
    if (!first.ok) throw new Error(told(first, place).join("\n"));
    expect(first.token).toEqual({
      path: join(place, "token"),
      value: expect.stringMatching(/^wf-[\w-]{43}$/),
      was: "made",
    });
    expect(await readFile(join(place, "token"), "utf8")).toBe(`${first.token.value}\n`);
    if (process.platform !== "win32") expect((await stat(join(place, "token"))).mode & 0o777).toBe(0o600);
    expect(await read(place)).toMatchObject({ token: { value: first.token.value, was: "there" } });
    expect(createEndpointToken()).not.toBe(createEndpointToken());
  });

  it("is not made by a check, nor by a start that fails", async () => {
    const place = await folder({ "wayfare.json": whole, "bad/wayfare.json": { ...whole, port: 0 } });
    expect(await read(place, { createToken: null })).toMatchObject({ ok: true, token: { value: "", was: "missing" } });
    expect((await read(join(place, "bad"))).ok).toBe(false);
    expect([await readdir(place), await readdir(join(place, "bad"))]).toEqual([
      ["bad", "wayfare.json"],
      ["wayfare.json"],
    ]);
  });

  it("is missed by a check where it could not be made, and tries it", async () => {
    const none = await folder({ "wayfare.json": { ...whole, tokenFile: "none/token" } });
    expect(told(await read(none, { createToken: null }), none)).toEqual([
      "stops tokenFile: There is no folder …/none for the token's file. Make it, or name another.",
    ]);
    if (process.platform !== "linux") return;
    const shut = await folder({ "wayfare.json": { ...whole, tokenFile: "/proc/wayfare-token" } });
    expect(told(await read(shut, { createToken: null }), shut)).toHaveLength(1);
  });

  it.each([
    [
      "short",
      "stops tokenFile: The token in …/short has 5 characters, and needs 32 so that nobody can guess it. Delete the file to have one made.",
    ],
    [
      "lines",
      "stops tokenFile: …/lines holds no token: one has up to 200 characters, without spaces, line breaks or accents. Delete the file to have one made.",
    ],
    [
      "long",
      "stops tokenFile: …/long holds no token: one has up to 200 characters, without spaces, line breaks or accents. Delete the file to have one made.",
    ],
    ["huge", "stops tokenFile: …/huge is larger than 20 kB, and so no token. Name another file."],
    [".", "stops tokenFile: … is a folder. Name a file for the token."],
    ["none/token", "stops tokenFile: There is no folder …/none for the token's file. Make it, or name another."],
    ["short/token", "stops tokenFile: …/short/token cannot be read (ENOTDIR). Name another file for the token."],
  ])("is refused where it holds none: %s", async (tokenFile, problem) => {
    const place = await folder({
      "wayfare.json": { ...whole, tokenFile },
      short: "wf-12\n",
      lines: `${"x".repeat(40)}\n${"x".repeat(40)}`,
      long: "x".repeat(201),
      huge: "x".repeat(20_001),
    });
    expect(told(await read(place), place)).toEqual([problem]);
  });

  it.each([0o640, 0o604, 0o644])("is refused where others may read it, but on Windows: %o", async (mode) => {
    const place = await folder({ "wayfare.json": whole, token: "x".repeat(40) });
    await chmod(join(place, "token"), mode);
    const shown = mode.toString(8);
    expect(told(await read(place, { system: "linux" }), place)).toEqual([
      `stops tokenFile: Others on this machine may read …/token (mode ${shown}). Run: chmod 600 …/token`,
    ]);
    expect((await read(place, { system: "win32" })).ok).toBe(true);
    await chmod(join(place, "token"), 0o400);
    expect((await read(place, { system: "linux" })).ok).toBe(true);
  });

  it("is judged where a link leads to", async () => {
    const place = await folder({ "wayfare.json": whole, "secrets/token": "x".repeat(40) });
    await symlink(join(place, "secrets/token"), join(place, "token"));
    expect((await read(place)).ok).toBe(true);
    await chmod(join(place, "secrets/token"), 0o644);
    expect((await read(place, { system: "linux" })).ok).toBe(false);
  });

  it("is one for all who start at the same moment", async () => {
    const place = await folder({ "wayfare.json": whole });
    const starts = await Promise.all(Array.from({ length: 8 }, () => read(place)));
    const value = (await readFile(join(place, "token"), "utf8")).trim();
    expect(starts.map((start) => start.ok && start.token.value)).toEqual(starts.map(() => value));
    expect(starts.filter((start) => start.ok && start.token.was === "made")).toHaveLength(1);
    expect((await readdir(place)).sort()).toEqual(["token", "wayfare.json"]);
  });

  it("is told of where a link leads nowhere", async () => {
    const place = await folder({ "wayfare.json": whole });
    await symlink(join(place, "none"), join(place, "token"));
    expect(told(await read(place), place)).toEqual([
      "stops tokenFile: …/token leads to a file that is not there. Name another file for the token.",
    ]);
  });

  it("cannot be made where we may not write", async (context) => {
    skipAsAdministrator(context);
    const place = await folder({ "wayfare.json": { ...whole, tokenFile: "shut/token" }, "shut/x": "" });
    await chmod(join(place, "shut"), 0o500);
    onTestFinished(() => chmod(join(place, "shut"), 0o700));
    expect(told(await read(place), place)).toEqual([
      "stops tokenFile: The token's file …/shut/token cannot be made (EACCES). Name one in a folder that the user that runs this may write to.",
    ]);
  });
});

describe("files that network settings name", () => {
  it("are read from the config's folder, and told of where they cannot be", async () => {
    const pem = "-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----\n";
    const network = {
      "wayfare.network.extraCaFile": "ca.pem",
      "wayfare.network.clientCertificates": [
        { host: "a.test", certFile: "me.pem", keyFile: "./me.key" },
        { pfxFile: "none" },
      ],
    };
    const place = await folder({
      "wayfare.json": { ...whole, settings: { ...settings, ...network } },
      "ca.pem": pem,
      "me.pem": "CERT",
      "me.key": "KEY",
    });
    const start = await read(place);
    expect(start).toMatchObject({
      params: {
        configuration: {
          network: {
            extraCaPem: pem,
            clientCertificates: [
              { field: "wayfare.network.clientCertificates[0]", host: "a.test", certPem: "CERT", keyPem: "KEY" },
            ],
          },
        },
      },
    });
    expect(told(start, place)).toEqual([
      'warns wayfare.network.clientCertificates[1].pfxFile: "none" cannot be read. Give the path of a file on this host.',
    ]);
    await rm(join(place, "ca.pem"));
    expect(told(await read(place), place)[0]).toBe(
      'warns wayfare.network.extraCaFile: "ca.pem" cannot be read. Give the path of a PEM file on this host, or empty the setting.',
    );
  });
});
