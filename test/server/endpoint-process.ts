import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, request } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { expect, onTestFinished } from "vitest";
import { startPlayground } from "../../server/playground/start-playground.ts";

/** The server without an editor, as a process of its own, and a client of it. */

const apiKey = "a-key-of-the-headless-tests";
const price = { input: 1, output: 2, cacheRead: 0.1, cacheWrite: 1.25 };

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

export async function scene(settings: Record<string, unknown> = {}, more: Record<string, unknown> = {}) {
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
  onTestFinished(() => vendors.close());
  const folder = mkdtempSync(join(tmpdir(), "wayfare-headless-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
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

export interface Running {
  child: ChildProcess;
  out: () => string;
  err: () => string;
  ended: Promise<number | null>;
}

export const start = (folder: string, ...more: string[]): Running =>
  run(folder, "--endpoint", "--config", join(folder, "wayfare.json"), ...more);

export const run = (folder: string, ...argv: string[]): Running => runOn([], folder, ...argv);

/** `nodeArguments` are the runtime's own. */
export function runOn(nodeArguments: readonly string[], folder: string, ...argv: string[]): Running {
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
  onTestFinished(() => {
    child.kill("SIGKILL");
  });
  return { child, out: () => out, err: () => err, ended };
}

export async function untilReady(running: Running): Promise<void> {
  await expect.poll(() => running.out() + running.err(), { timeout: 20_000 }).toContain("Wayfare endpoint: http://");
}

/** `onText` hears what comes; the promise is of the whole. */
export function ask(
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
export const question = { model: "auto", messages: [{ role: "user", content: "What is this for?" }] };

export function rows(folder: string): Record<string, unknown>[] {
  const database = new DatabaseSync(join(folder, "books", "wayfare.sqlite"), { readOnly: true });
  try {
    return database.prepare("SELECT kind, workspace, outcome, cost_nano, cost_source FROM attempts").all();
  } finally {
    database.close();
  }
}
