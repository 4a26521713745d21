import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import * as z from "zod";
import { ask, question, rows, scene, start, untilReady } from "./endpoint-process.ts";

/** The server without an editor, as a process of its own: caps, books and what was spent. */

describe("the money of the endpoint without an editor", { timeout: 60_000 }, () => {
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
      "wayfare.endpoint.workspaces": { nightly: {}, "*": { daily: 0.000001 } },
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

  it("tells what was spent, by book, and how its caps stand", async () => {
    const caps = {
      "wayfare.budget.daily": 5,
      "wayfare.endpoint.workspaces": { nightly: { monthly: 2 }, "*": { total: 1 } },
    };
    const { vendors, folder, port } = await scene(caps);
    const running = start(folder);
    await untilReady(running);
    await ask({ folder, port }, question);
    await ask({ folder, port }, question, undefined, { "x-wayfare-workspace": "nightly" });
    await ask({ folder, port }, question, undefined, { "x-wayfare-workspace": "another" });
    const token = readFileSync(join(folder, "token"), "utf8").trim();
    const read = async () => {
      const answer = await fetch(`http://127.0.0.1:${port}/wayfare/spend`, { headers: { "x-api-key": token } });
      return z.looseObject({ today: z.looseObject({ requests: z.number() }) }).parse(await answer.json());
    };
    // The audit counts a request a moment after its answer has left.
    await expect.poll(async () => (await read()).today.requests, { timeout: 20_000 }).toBe(3);
    const usd = (vendors.log()[0]?.costNano ?? Number.NaN) / 1e9;
    const one = { spentUsd: usd, requests: 1, ofUnknownCost: 0 };
    const cap = { spentUsd: usd, heldUsd: 0 };
    const of = (name: string, setting: string, more: object) => ({
      name,
      today: one,
      thisMonth: one,
      caps: [{ setting: `wayfare.endpoint.workspaces.${setting}`, ...cap, ...more }],
    });
    const all = { spentUsd: expect.closeTo(3 * usd, 12), requests: 3, ofUnknownCost: 0 };
    expect(await read()).toMatchObject({
      today: all,
      thisMonth: all,
      caps: [
        {
          setting: "wayfare.budget.daily",
          period: "daily",
          limitUsd: 5,
          spentUsd: expect.closeTo(3 * usd, 12),
          heldUsd: 0,
        },
      ],
      books: [
        { name: "ci", today: one, thisMonth: one, caps: [] },
        of("nightly", "nightly.monthly", { period: "monthly", limitUsd: 2 }),
        of("another", "*.total", { period: "total", limitUsd: 1 }),
      ],
      booksLeftOut: 0,
    });
    running.child.kill("SIGTERM");
    expect(await running.ended).toBe(0);
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
    await expect
      .poll(running.err, { timeout: 20_000 })
      .toContain(`warning: this book's $0.02 a day ("ci"): 0.1 % are reached`);
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
});
