import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { ReportScope } from "../../../server/store/report-book.ts";
import { failureOf } from "../../../shared/failure.ts";
import { open, tempDirectory, wednesday } from "./books.ts";
import { ended, everything, request } from "./report-scene.ts";

describe("an export", () => {
  async function books() {
    const store = await open({ now: () => wednesday });
    await request(store, {
      attempt: {
        attemptId: "a1",
        turnId: "t1",
        workspace: '=HYPERLINK("x")',
        language: "typescript",
        startedAtMs: wednesday,
      },
      paid: {
        costNano: 1_234_567,
        usage: { input: 10, cacheRead: 3, cacheWrite: 2, output: 4, reasoning: 1 },
        firstTokenMs: 80,
        durationMs: 900,
      },
      end: { why: 'short, "one" file', day: "2026-11-18", language: "typescript" },
    });
    await store.requests.end(
      ended({ requestId: "t2", state: "cached", atMs: wednesday + 1_000, savedNano: 5_000, mode: "cheap" }),
    );
    const directory = tempDirectory();
    const write = async (format: "csv" | "json", scope: Partial<ReportScope> = {}) => {
      const path = join(directory, `costs.${format}`);
      const result = await store.exportCosts({ ...everything, ...scope }, { format, path });
      return { result, text: readFileSync(path, "utf8"), mode: statSync(path).mode & 0o777 };
    };
    return { store, directory, write };
  }

  it("to CSV has a row for each attempt and each kept answer, and no formula", async () => {
    const { write } = await books();
    const { result, text, mode } = await write("csv");
    expect(text.split("\r\n")).toEqual([
      "time,day,book,request,kind,workspace,session,language,mode,provider,model,tier,outcome,failure,input_tokens,cache_read_tokens,cache_write_tokens,output_tokens,reasoning_tokens,cost_usd,cost_source,held_usd,saved_usd,first_token_ms,duration_ms,why",
      `2026-11-18T12:00:00.000Z,2026-11-18,real,t1,chat,"'=HYPERLINK(""x"")",session,typescript,auto,vendor,small,cheap,done,,10,3,2,4,1,0.001234567,computed,0.000900000,,80,900,"short, ""one"" file"`,
      '2026-11-18T12:00:01.000Z,2026-11-18,real,t2,chat,here,session,,cheap,vendor,small,cheap,cached,,,,,,,0,free,,0.000005000,,,"short edit, one file"',
      "",
    ]);
    expect(result).toEqual({ rows: 2, bytes: Buffer.byteLength(text) });
    expect(mode).toBe(0o600);
  });

  it("to JSON has everything of each request", async () => {
    const { write } = await books();
    const { text } = await write("json");
    const rows = JSON.parse(text);
    expect(rows.map((row: { requestId: string }) => row.requestId)).toEqual(["t1", "t2"]);
    expect(rows[0]).toMatchObject({
      day: "2026-11-18",
      costNano: 1_234_567,
      question: null,
      attemptRows: [{ id: "a1", costNano: 1_234_567, usage: { input: 10 } }],
    });
    expect(rows[0]).not.toHaveProperty("sessionTitle");
    expect(rows[0]).not.toHaveProperty("questionHead");
    expect(JSON.parse((await write("json", { book: "simulated" })).text)).toEqual([]);
  });

  it("that cannot be written says so, and leaves nothing", async () => {
    const { store, directory } = await books();
    const path = join(directory, "missing", "costs.csv");
    const failure = await store.exportCosts(everything, { format: "csv", path }).catch(failureOf);
    expect(failure).toMatchObject({
      message: `The costs cannot be written to ${path} (ENOENT: no such file or directory, open '${path}.part'): choose another folder or free some space, and export again.`,
    });
  });
});
