import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { openStore, type Store } from "../../../server/store/open-store.ts";
import { open, raw } from "./books.ts";
import { request } from "./report-scene.ts";

const directory = mkdtempSync(join(tmpdir(), "wayfare-lengths-"));
let store: Store | null = null;
afterEach(() => {
  store?.close();
  rmSync(directory, { recursive: true, force: true });
});

describe("how long answers have been", () => {
  it("is the mean of each model's whole chat answers", async () => {
    store = await openStore({ directory, now: () => 0, timeZone: "UTC", instanceId: "one", pid: process.pid });
    expect([...store.answerLengths.read()]).toEqual([]);
    const rows = [
      ["small", "chat", "done", 100],
      ["small", "chat", "done", 201],
      ["large", "chat", "done", 900],
      ["small", "completion", "done", 7],
      ["small", "chat", "cancelled", 3],
      ["small", "chat", "failed", null],
    ] as const;
    for (const [at, [modelId, kind, outcome, output]] of rows.entries()) {
      const attemptId = `a${at}`;
      await store.ledger.reserve({
        attemptId,
        turnId: "t",
        sessionId: "s",
        kind,
        workspace: "here",
        book: "real",
        tier: "cheap",
        providerId: "acme",
        modelId,
        startedAtMs: 0,
        heldNano: 1,
        leastNano: 1,
        caps: [],
        inputNano: null,
        outputNanoPerToken: null,
      });
      await store.ledger.settle(attemptId, {
        outcome,
        failure: null,
        usage: output === null ? null : { input: 5, cacheRead: 0, cacheWrite: 0, output, reasoning: 0 },
        costNano: 1,
        costSource: "computed",
        firstTokenMs: null,
        durationMs: 1,
        reason: "",
      });
    }
    expect([...store.answerLengths.read()].sort()).toEqual([
      ["acme/large", { answers: 1, meanTokens: 900 }],
      ["acme/small", { answers: 2, meanTokens: 150.5 }],
    ]);
  });

  it("leaves out a count that another version wrote in its own way", async () => {
    const books = await open();
    for (const turnId of ["t1", "t2"]) await request(books, { attempt: { attemptId: turnId, turnId } });
    const [before] = books.answerLengths.read().values();
    raw(books.path).exec("UPDATE attempts SET usage = 'no JSON' WHERE attempt_id = 't1'");
    expect([before?.answers, [...books.answerLengths.read().values()].map(({ answers }) => answers)]).toEqual([2, [1]]);
  });
});
