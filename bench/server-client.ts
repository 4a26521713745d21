import { fork } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createMessageConnection, IPCMessageReader, IPCMessageWriter } from "vscode-languageserver-protocol/node";
import {
  type AskPart,
  AskRequest,
  type AskResult,
  type ConfigureParams,
  ConfigureRequest,
} from "../shared/protocol.ts";

/** The packaged server as the client forks it, with a fresh storage folder: what the benchmarks talk to. */
export interface BenchServer {
  /** From the fork to the answer to `initialize`, which is given once the ledger is open. */
  readonly initializedMs: number;
  rssBytes(): number;
  configure(params: ConfigureParams): Promise<void>;
  ask(question: string, mode: string): Promise<{ turn: AskResult; firstTextMs: number }>;
  stop(): void;
}

export const playgroundConfiguration: ConfigureParams = {
  configuration: {
    providers: [],
    tiers: { cheap: [], frontier: [] },
    mode: "auto",
    quality: 50,
    playground: true,
    network: {},
  },
  keys: [],
  trusted: true,
};

/** One model, `bench/bench`, of the vendor in `bench/vendor.ts`. */
export function configurationFor(baseUrl: string): ConfigureParams {
  return {
    configuration: {
      providers: [
        {
          id: "bench",
          preset: "openai-compatible",
          baseUrl,
          models: [{ id: "bench", windowTokens: 128_000, price: { input: 0.15, output: 0.6 } }],
        },
      ],
      tiers: { cheap: ["bench/bench"], frontier: ["bench/bench"] },
      mode: "auto",
      quality: 50,
      playground: false,
      network: {},
    },
    keys: [{ providerId: "bench", origin: new URL(baseUrl).origin, key: "bench" }],
    trusted: true,
  };
}

/** Forks `dist/server/main.js`; rejects when it does not answer. Linux only: memory is read from /proc. */
export async function startServer(): Promise<BenchServer> {
  const storagePath = mkdtempSync(join(tmpdir(), "wayfare-bench-"));
  const startedAt = performance.now();
  const child = fork("dist/server/main.js", ["--node-ipc"], { silent: true, env: { PATH: process.env.PATH } });
  const connection = createMessageConnection(new IPCMessageReader(child), new IPCMessageWriter(child));
  connection.listen();
  await connection.sendRequest("initialize", {
    processId: process.pid,
    rootUri: null,
    capabilities: {},
    initializationOptions: { storagePath, timeZone: "UTC", workspace: "bench", hostLabel: "", clientVersion: "bench" },
  });
  const initializedMs = performance.now() - startedAt;
  await connection.sendNotification("initialized", {});
  let asked = 0;
  return {
    initializedMs,
    rssBytes: () => Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${child.pid}/status`, "utf8"))?.[1]) * 1024,
    async configure(params) {
      await connection.sendRequest(ConfigureRequest, params);
    },
    async ask(question, mode) {
      asked += 1;
      const partialResultToken = `bench-${asked}`;
      const sentAt = performance.now();
      let firstTextMs = Number.NaN;
      const listener = connection.onProgress(AskRequest, partialResultToken, (parts: AskPart[]) => {
        if (Number.isNaN(firstTextMs) && parts.some((part) => part.type === "text"))
          firstTextMs = performance.now() - sentAt;
      });
      const turn = await connection.sendRequest(AskRequest, {
        sessionId: `bench-${asked}`,
        turnId: `turn-${asked}`,
        question,
        context: [],
        mode,
        partialResultToken,
      });
      listener.dispose();
      return { turn, firstTextMs };
    },
    stop() {
      connection.dispose();
      child.kill("SIGKILL");
      rmSync(storagePath, { recursive: true, force: true });
    },
  };
}

/** The value below which a share of the samples lies; `share` from 0 to 1. */
export function quantile(samples: readonly number[], share: number): number {
  const sorted = [...samples].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}
