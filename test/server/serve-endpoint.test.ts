import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer, request } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, describe, expect, it } from "vitest";
import { startPlayground } from "../../server/playground/start-playground.ts";

/** The server without an editor, as a process of its own: what it prints, answers, books, and what it ends with. */

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

const apiKey = "a-key-of-the-headless-tests";
const price = { input: 1, output: 2, cacheRead: 0.1, cacheWrite: 1.25 };

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function scene(settings: Record<string, unknown> = {}, more: Record<string, unknown> = {}) {
  const model = { windowTokens: 100_000, maxOutputTokens: 8_000 };
  const vendors = await startPlayground({
    apiKey,
    pace: "instant",
    models: [
      {
        id: "small",
        wire: "openai-compatible",
        tier: "cheap",
        ...model,
        price: {
          source: "provider",
          tiers: [{ fromInputTokens: 0, inputUsd: 1, outputUsd: 2, cacheReadUsd: 0.1, cacheWriteUsd: 1.25 }],
        },
        answer: () => "It keeps the answer short.",
      },
    ],
  });
  closers.push(() => vendors.close());
  const folder = mkdtempSync(join(tmpdir(), "wayfare-headless-"));
  closers.push(() => rmSync(folder, { recursive: true, force: true }));
  const port = await freePort();
  const config = {
    port,
    ledger: "./books",
    tokenFile: "./token",
    workspace: "ci",
    timeZone: "UTC",
    keys: { acme: { env: "ACME_KEY" } },
    settings: {
      "wayfare.providers": [
        {
          id: "acme",
          preset: "openai-compatible",
          baseUrl: vendors.openAiBaseUrl,
          models: [{ id: "small", price, ...model }],
        },
      ],
      "wayfare.tiers": { cheap: ["acme/small"], frontier: [] },
      "wayfare.prices.update": false,
      ...settings,
    },
    ...more,
  };
  writeFileSync(join(folder, "wayfare.json"), JSON.stringify(config));
  return { vendors, folder, port };
}

interface Running {
  child: ChildProcess;
  out: () => string;
  err: () => string;
  ended: Promise<number | null>;
}

const start = (folder: string, ...more: string[]): Running =>
  run(folder, "--endpoint", "--config", join(folder, "wayfare.json"), ...more);

const run = (folder: string, ...argv: string[]): Running => runOn([], folder, ...argv);

/** `nodeArguments` are the runtime's own. */
function runOn(nodeArguments: readonly string[], folder: string, ...argv: string[]): Running {
  const main = new URL("../../server/main.ts", import.meta.url).pathname;
  const child = spawn(process.execPath, [...nodeArguments, main, ...argv], {
    env: { PATH: process.env.PATH, HOME: folder, ACME_KEY: apiKey, NODE_NO_WARNINGS: "1" },
  });
  let out = "";
  let err = "";
  child.stdout.setEncoding("utf8").on("data", (piece: string) => {
    out += piece;
  });
  child.stderr.setEncoding("utf8").on("data", (piece: string) => {
    err += piece;
  });
  const ended = new Promise<number | null>((resolve) => child.on("close", resolve));
  closers.push(() => child.kill("SIGKILL"));
  return { child, out: () => out, err: () => err, ended };
}

async function untilReady(running: Running): Promise<void> {
  await expect.poll(() => running.out() + running.err(), { timeout: 20_000 }).toContain("Wayfare endpoint: http://");
}

/** `onText` hears what comes; the promise is of the whole. */
function ask(
  { folder, port }: { folder: string; port: number },
  body: object,
  onText: (text: string) => void = () => undefined,
  more: Record<string, string> = {},
): Promise<{ status: number; text: string }> {
  const token = readFileSync(join(folder, "token"), "utf8").trim();
  return new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${token}`, "content-type": "application/json", ...more };
    const sent = request(
      { host: "127.0.0.1", port, path: "/v1/chat/completions", method: "POST", headers, agent: false },
      (response) => {
        let text = "";
        response.setEncoding("utf8");
        response.on("data", (piece: string) => {
          text += piece;
          onText(text);
        });
        response.on("close", () => resolve({ status: response.statusCode ?? 0, text }));
      },
    );
    sent.on("error", reject);
    sent.end(JSON.stringify(body));
  });
}
const question = { model: "auto", messages: [{ role: "user", content: "What is this for?" }] };

function rows(folder: string): Record<string, unknown>[] {
  const database = new DatabaseSync(join(folder, "books", "wayfare.sqlite"), { readOnly: true });
  try {
    return database.prepare("SELECT kind, workspace, outcome, cost_nano, cost_source FROM attempts").all();
  } finally {
    database.close();
  }
}

describe("the endpoint without an editor", { timeout: 60_000 }, () => {
  it("says where it answers and who is asked, answers, books it, and ends at a signal", async () => {
    const { vendors, folder, port } = await scene({ "wayfare.budget.daily": 5 });
    const running = start(folder);
    await untilReady(running);
    expect(running.out()).toContain(`Wayfare endpoint: http://127.0.0.1:${port}`);
    expect(running.out()).toContain("\n  cheap     acme/small\n");
    expect(running.out()).toContain("\n  caps      $5.00 a day\n");
    expect(statSync(join(folder, "token")).mode & 0o777).toBe(0o600);
    expect(running.out()).not.toContain(readFileSync(join(folder, "token"), "utf8").trim());
    const { status, text } = await ask({ folder, port }, question);
    expect([status, JSON.parse(text).choices[0].message.content]).toEqual([200, "It keeps the answer short."]);
    running.child.kill("SIGTERM");
    expect(await running.ended).toBe(0);
    const { costNano } = vendors.log()[0] ?? { costNano: -1 };
    const row = { kind: "endpoint", workspace: "endpoint:ci", outcome: "done", cost_nano: costNano };
    expect(rows(folder)).toEqual([{ ...row, cost_source: "computed" }]);
  });

  it("lets an answer under way end after the first signal, and ends it at the second", async () => {
    const { vendors, folder, port } = await scene();
    vendors.setFault("small", { kind: "late", firstTokenMs: 1_000, times: 1 });
    const running = start(folder);
    await untilReady(running);
    const answered = ask({ folder, port }, question);
    await expect.poll(() => vendors.openRequests()).toBe(1);
    running.child.kill("SIGINT");
    expect((await answered).status).toBe(200);
    expect(await running.ended).toBe(0);
    expect(running.err()).toBe(
      "Stopping: 1 answer under way may end, ten seconds at most; a second signal ends it at once.\n",
    );

    vendors.setFault("small", { kind: "stall", afterCharacters: 10 });
    const again = start(folder);
    await untilReady(again);
    let heard = "";
    const cut = ask({ folder, port }, { ...question, stream: true }, (text) => {
      heard = text;
    });
    await expect.poll(() => heard).toContain("It keeps");
    again.child.kill("SIGINT");
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(again.child.exitCode).toBeNull();
    again.child.kill("SIGINT");
    // Well before the ten seconds that the first signal leaves.
    const waits = new Promise((resolve) => setTimeout(() => resolve("it waits on"), 8_000).unref());
    expect(await Promise.race([again.ended, waits])).toBe(0);
    expect((await cut).text).not.toContain("[DONE]");
    expect(rows(folder).map(({ outcome, cost_source }) => [outcome, cost_source])).toEqual([
      ["done", "computed"],
      ["cancelled", "estimated"],
    ]);
  });

  it("holds a book that a client names under its own cap, and no other", async () => {
    const { folder, port } = await scene({ "wayfare.endpoint.workspaces": { nightly: { daily: 0.000001 } } });
    const running = start(folder);
    await untilReady(running);
    const from = (book: string) => ask({ folder, port }, question, undefined, { "x-wayfare-workspace": book });
    const refused = await from("nightly");
    expect(refused.status).toBe(402);
    expect(refused.text).toContain("wayfare.endpoint.workspaces.nightly.daily");
    expect((await from("weekly")).status).toBe(200);
    expect((await ask({ folder, port }, question)).status).toBe(200);
    running.child.kill("SIGTERM");
    expect(await running.ended).toBe(0);
    expect(rows(folder).map(({ workspace }) => workspace)).toEqual(["endpoint:weekly", "endpoint:ci"]);
  });

  it("holds each book that nobody listed under the caps named *", async () => {
    const { folder, port } = await scene({
      "wayfare.endpoint.workspaces": { nightly: {}, ci: {}, "*": { daily: 0.000001 } },
    });
    const running = start(folder);
    await untilReady(running);
    const from = (book: string) => ask({ folder, port }, question, undefined, { "x-wayfare-workspace": book });
    const refused = await from("Nightly");
    expect(refused.status).toBe(402);
    expect(refused.text).toContain("wayfare.endpoint.workspaces.*.daily");
    expect((await from("nightly")).status).toBe(200);
    expect((await ask({ folder, port }, question)).status).toBe(200);
    running.child.kill("SIGTERM");
    expect(await running.ended).toBe(0);
    expect(rows(folder).map(({ workspace }) => workspace)).toEqual(["endpoint:nightly", "endpoint:ci"]);
  });

  it("says that its port is taken, and by whom, also where it only checks, and ends with 1", async () => {
    const { folder, port } = await scene();
    const running = start(folder);
    await untilReady(running);
    const ours = `port: Another Wayfare answers at port ${port}: an editor's, or another start of this.`;
    for (const more of [[], ["--check"]]) {
      const second = start(folder, ...more);
      expect(await second.ended).toBe(1);
      expect(second.err()).toContain(`Wayfare endpoint: not started. One problem:\n  ${ours}`);
    }
    running.child.kill("SIGTERM");
    expect(await running.ended).toBe(0);
    const taken = createServer((_request, response) => response.end("{}"));
    await new Promise<void>((resolve) => taken.listen(port, "127.0.0.1", resolve));
    closers.push(() => taken.close());
    const third = start(folder);
    expect(await third.ended).toBe(1);
    expect(third.err()).toContain(`Another program uses port ${port}. End it, or choose another port by --port.`);
  });

  it.runIf(process.platform === "linux")("says that books cannot lie where no folder can be made", async () => {
    const { folder } = await scene({}, { ledger: "/proc/wayfare" });
    for (const more of [[], ["--check"]]) {
      const running = start(folder, ...more);
      expect(await running.ended).toBe(1);
      expect(running.err()).toContain("ledger: The books cannot be written to /proc/wayfare: nothing can be made in");
    }
  });

  it("says that its books were damaged, and counts from what was read once somebody accepts it", async () => {
    const { folder, port } = await scene({ "wayfare.budget.daily": 5 });
    mkdirSync(join(folder, "books"));
    writeFileSync(join(folder, "books", "wayfare.sqlite"), "no database ".repeat(1_000));
    const running = start(folder);
    await untilReady(running);
    expect(running.err()).toMatch(/^warning: The ledger .* was damaged\. .* is started with --accept-losses; then /);
    const refused = await ask({ folder, port }, question);
    expect(refused.status).toBe(402);
    expect(refused.text).toContain("Start the endpoint again with --accept-losses to count from what could be read");
    running.child.kill("SIGTERM");
    expect(await running.ended).toBe(0);

    const again = start(folder, "--accept-losses");
    await untilReady(again);
    expect(again.err()).toMatch(/^Accepted: caps count from what could be read of wayfare-damaged-\S+\.sqlite\. /);
    expect((await ask({ folder, port }, question)).status).toBe(200);
    again.child.kill("SIGTERM");
    expect(await again.ended).toBe(0);
  });

  it("tells clients what mends a failure here, and warns of a cap by its book", async () => {
    const { vendors, folder, port } = await scene({
      "wayfare.budget.warnAt": [0.1],
      "wayfare.budget.workspace.daily": 0.02,
    });
    const running = start(folder);
    await untilReady(running);
    expect((await ask({ folder, port }, { ...question, max_tokens: 1_000 })).status).toBe(200);
    await expect.poll(running.err).toContain(`warning: this book's $0.02 a day ("ci"): 0.1 % are reached`);
    vendors.setFault("small", { kind: "status", status: 401 });
    const refused = await ask({ folder, port }, question);
    expect(refused.text).toContain('ut another key into the variable or file that \\"keys\\" in the config names');
    const large = await ask(
      { folder, port },
      { ...question, messages: [{ role: "user", content: "x ".repeat(40_000) }] },
    );
    expect([large.status, large.text]).toEqual([
      402,
      expect.stringContaining("Write a larger amount in wayfare.budget."),
    ]);
    running.child.kill("SIGTERM");
    expect(await running.ended).toBe(0);
    expect(running.out() + running.err() + refused.text + large.text).not.toMatch(/Wayfare: |Raise it for today/);
  });

  it("is told of its help where neither an editor nor an argument started it", async () => {
    const { folder } = await scene();
    const running = run(folder);
    expect(await running.ended).toBe(2);
    expect(running.err()).toBe(
      "An editor starts this by itself; without one nothing is done but with --endpoint. See --help.\n",
    );
  });

  it("says that this Node has no node:sqlite before a file is made, also where it only checks", async () => {
    const { folder } = await scene();
    for (const more of [[], ["--check"]]) {
      const argv = ["--endpoint", "--config", join(folder, "wayfare.json"), ...more];
      const running = runOn(["--no-experimental-sqlite"], folder, ...argv);
      expect(await running.ended).toBe(1);
      expect(running.err()).toBe(
        `Wayfare endpoint: not started. One problem:\n  node: Node ${process.versions.node} has no node:sqlite, in which the books are kept. Start this with Node 22.20 or later.\n`,
      );
    }
    expect(readdirSync(folder)).toEqual(["wayfare.json"]);
  });

  it("checks without serving, and tells all that is wrong", async () => {
    const { folder, port } = await scene();
    const checked = start(folder, "--check");
    expect(await checked.ended).toBe(0);
    expect(checked.out()).toContain(`Wayfare endpoint: could start, at http://127.0.0.1:${port}`);
    const tierless = await scene({ "wayfare.tiers": { cheap: ["acme/smal"], frontier: ["acme/small"] } });
    for (const more of [[], ["--check"]]) {
      const stopped = start(tierless.folder, ...more);
      expect(await stopped.ended).toBe(1);
      expect(stopped.err()).toContain('\n  wayfare.tiers.cheap[0]: The provider "acme" lists no model "smal". ');
    }
    expect(readdirSync(tierless.folder)).toEqual(["wayfare.json"]);
    const wrong = await scene({ "wayfare.budget.daily": "five", "wayfare.qualty": 3 });
    const refused = start(wrong.folder, "--check");
    expect(await refused.ended).toBe(1);
    expect(refused.err()).toContain('wayfare.budget.daily: "five" is not an amount in USD.');
    expect(refused.err()).toContain("wayfare.qualty");
  });
});
