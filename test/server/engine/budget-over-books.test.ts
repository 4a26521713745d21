import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, it } from "vitest";
import type { Cap } from "../../../server/core/budget.ts";
import { systemClock } from "../../../server/engine/clock.ts";
import { failover } from "../../../server/engine/failover.ts";
import { openStore, type Store } from "../../../server/store/open-store.ts";
import { finish, routeOf, scriptedProvider, text, usage } from "./scripted-provider.ts";

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0).reverse()) close();
});

const cap: Cap = {
  id: "workspace.daily",
  scope: "workspace",
  period: "daily",
  limitNano: 10_000_000,
  setting: "wayfare.budget.workspace.daily",
};
/** The prompt is estimated at 1,000 tokens, and the vendor counts half as many again. */
const ESTIMATE = 1_000;
const COUNTED = 1_500;

it("fifty questions at once in two windows never spend past a cap", async () => {
  const directory = mkdtempSync(join(tmpdir(), "wayfare-budget-"));
  closers.push(() => rmSync(directory, { recursive: true, force: true }));
  const windows: Store[] = [];
  for (const instanceId of ["one", "two"]) {
    const store = await openStore({ directory, now: Date.now, timeZone: "UTC", instanceId, pid: process.pid });
    closers.push(() => store.close());
    windows.push(store);
  }
  let ids = 0;
  let over = 0;
  const ask = (store: Store, turn: number) => {
    const provider = scriptedProvider(
      systemClock,
      [[text("an answer"), { type: "wait", ms: 5 }, usage(COUNTED, 100), finish]],
      "a",
    );
    return failover(
      {
        sessionId: "s",
        turnId: `t${turn}`,
        kind: "chat",
        workspace: "here",
        steps: [{ route: routeOf("a"), reason: "" }],
        messages: [],
        inputTokens: ESTIMATE,
        boundTokens: ESTIMATE,
        maxOutputTokens: 4_096,
        leastOutputTokens: 1_024,
        caps: [cap],
        ladder: [],
      },
      {
        ledger: store.ledger,
        clock: systemClock,
        random: () => 0.5,
        createId: () => `a${++ids}`,
        providerOf: () => provider,
        onAttempt() {
          for (const state of store.ledger.capStates([cap], "here")) {
            if (state.spentNano + state.heldNano > state.limitNano) over += 1;
          }
        },
      },
      () => undefined,
      new AbortController().signal,
    );
  };
  const ends = await Promise.all(Array.from({ length: 50 }, (_, turn) => ask(windows[turn % 2] as Store, turn)));
  // Each costs 1,700,000 and holds 4,048,000 at least, so a fifth does not fit any more.
  const done = ends.filter((end) => end.state === "done").length;
  const refused = ends.filter((end) => end.failure?.kind === "budget").length;
  expect([done, refused, over]).toEqual([4, 46, 0]);
  const [state] = windows[0]?.ledger.capStates([cap], "here") ?? [];
  expect(state).toMatchObject({ spentNano: 4 * 1_700_000, heldNano: 0 });
}, 30_000);
