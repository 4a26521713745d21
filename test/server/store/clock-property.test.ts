import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { openStore, type Store } from "../../../server/store/open-store.ts";
import { failureOf } from "../../../shared/failure.ts";
import { cap, raw, reservation, settlement, tempDirectory } from "./books.ts";

/** A person's week, month and year as anyone would count them, apart from the code that is looked at. */
const keyOf = {
  daily: (day: string) => day,
  weekly: (day: string) => {
    let at = new Date(`${day}T12:00:00Z`);
    while (at.getUTCDay() !== 1) at = new Date(at.getTime() - 86_400_000);
    return at.toISOString().slice(0, 10);
  },
  monthly: (day: string) => day.slice(0, 7),
  total: () => "",
} as const;

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const zones = [
  "UTC",
  "Europe/Berlin",
  "America/St_Johns",
  "Australia/Lord_Howe",
  "Pacific/Kiritimati",
  "Pacific/Midway",
];
const caps = [
  cap("global.daily", 1_000),
  cap("workspace.daily", 700),
  cap("global.weekly", 2_500),
  cap("workspace.weekly", 2_000),
  cap("global.monthly", 4_000),
  cap("global.total", 9_000),
];

type Step =
  | { do: "reserve"; nano: number; workspace: string }
  | { do: "settle"; share: number }
  | { do: "crash" }
  | { do: "jump"; byMs: number }
  | { do: "calendar"; timeZone: string; dayStartsAtMinutes: number }
  | { do: "raise"; cap: number; nano: number };

const jumps = fc.oneof(
  fc.integer({ min: 0, max: 20 * 60_000 }),
  fc.integer({ min: 0, max: 30 * HOUR_MS }),
  fc.constantFrom(
    -HOUR_MS,
    -DAY_MS,
    DAY_MS,
    7 * DAY_MS,
    -7 * DAY_MS,
    31 * DAY_MS,
    -31 * DAY_MS,
    366 * DAY_MS,
    -366 * DAY_MS,
  ),
);
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant("reserve" as const),
      nano: fc.integer({ min: 1, max: 900 }),
      workspace: fc.constantFrom("here", "there"),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant("settle" as const), share: fc.double({ min: 0, max: 1, noNaN: true }) }),
  },
  { weight: 1, arbitrary: fc.constant({ do: "crash" as const }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant("jump" as const), byMs: jumps }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant("calendar" as const),
      timeZone: fc.constantFrom(...zones),
      dayStartsAtMinutes: fc.constantFrom(0, 150, 240, 1_439),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant("raise" as const),
      cap: fc.nat(caps.length - 1),
      nano: fc.integer({ min: 1, max: 300 }),
    }),
  },
);
/** Minutes before something happens to the calendar: clocks go forward and back, a leap day, a year, a week and a month end. */
const begins = fc.constantFrom(
  "2026-03-29T00:55:00Z",
  "2026-10-25T00:05:00Z",
  "2026-04-04T14:55:00Z",
  "2028-02-28T23:50:00Z",
  "2028-02-29T23:50:00Z",
  "2026-12-31T23:50:00Z",
  "2026-11-22T23:55:00Z",
  "2026-11-30T23:58:00Z",
  "2026-11-18T12:00:00Z",
);

describe("whatever the clock and the calendar do", () => {
  it("what is granted fits under every cap, with all that is booked for the present period and for later ones", async () => {
    await fc.assert(
      fc.asyncProperty(begins, fc.array(step, { minLength: 5, maxLength: 30 }), async (begin, steps) => {
        const directory = tempDirectory();
        let nowMs = Date.parse(begin);
        let lives = 0;
        let calendar = { timeZone: "UTC", dayStartsAtMinutes: 0 };
        const live = async (): Promise<Store> => {
          lives += 1;
          const store = await openStore({
            directory,
            now: () => nowMs,
            timeZone: "UTC",
            instanceId: `life ${lives}`,
            pid: process.pid,
          });
          store.ledger.setCalendar(calendar);
          return store;
        };
        let store = await live();
        const rows = raw(store.path).prepare(
          "SELECT day, workspace, COALESCE(cost_nano, held_nano) AS nano FROM attempts",
        );
        const held = new Map<string, number>();
        /** What was added on each day to each cap. */
        const raised = new Map<string, number>();
        try {
          for (const [index, each] of steps.entries()) {
            if (each.do === "jump") nowMs += each.byMs;
            if (each.do === "calendar") {
              calendar = each;
              store.ledger.setCalendar(each);
            }
            if (each.do === "crash") {
              // A process that is gone leaves its rows held, and another settles them.
              store.close();
              held.clear();
              store = await live();
            }
            if (each.do === "settle") {
              const [first] = held;
              if (first === undefined) continue;
              held.delete(first[0]);
              await store.ledger.settle(first[0], settlement({ costNano: Math.floor(first[1] * each.share) }));
            }
            const todays = (id: string) => `${id} ${dayIn(nowMs, calendar)}`;
            if (each.do === "raise") {
              const found = caps[each.cap];
              if (found === undefined) continue;
              await store.ledger.raise(found, "here", each.nano);
              raised.set(todays(found.id), (raised.get(todays(found.id)) ?? 0) + each.nano);
            }
            if (each.do !== "reserve") continue;
            const attemptId = `attempt ${index}`;
            const answer = await store.ledger
              .reserve(
                reservation({
                  attemptId,
                  workspace: each.workspace,
                  heldNano: each.nano,
                  leastNano: 1,
                  caps,
                  startedAtMs: nowMs,
                  inputNano: 0,
                  outputNanoPerToken: 1,
                }),
              )
              .catch(failureOf);
            if ("kind" in answer) {
              expect(answer.kind).toBe("budget");
              continue;
            }
            held.set(attemptId, answer.heldNano);
            const today = dayIn(nowMs, calendar);
            for (const { id, scope, period, limitNano } of caps) {
              const isMine = scope === "global" || each.workspace === "here";
              const here = scope === "global" ? null : each.workspace;
              const counted = rows
                .all()
                .filter(
                  (row) =>
                    (here === null || row.workspace === here) && keyOf[period](String(row.day)) >= keyOf[period](today),
                )
                .reduce((sum, row) => sum + Number(row.nano), 0);
              const limit = limitNano + (isMine ? (raised.get(todays(id)) ?? 0) : 0);
              expect(counted, `${id} on ${today}`).toBeLessThanOrEqual(limit);
            }
          }
        } finally {
          store.close();
        }
      }),
      { numRuns: 60 },
    );
  }, 30_000);
});

/** The day on a person's wall, moved by when theirs begins; where clocks go back over its begin, the later of two readings. */
function dayIn(atMs: number, calendar: { timeZone: string; dayStartsAtMinutes: number }): string {
  const format = new Intl.DateTimeFormat("sv-SE", {
    timeZone: calendar.timeZone,
    dateStyle: "short",
    timeStyle: "short",
  });
  const dayAt = (ms: number): string => {
    const [date = "", time = ""] = format.format(ms).split(" ");
    const [hours = 0, minutes = 0] = time.split(":").map(Number);
    const isBefore = hours * 60 + minutes < calendar.dayStartsAtMinutes;
    return new Date(Date.parse(`${date}T00:00:00Z`) - (isBefore ? DAY_MS : 0)).toISOString().slice(0, 10);
  };
  return [0, 30, 60, 90, 120]
    .map((back) => dayAt(atMs - back * 60_000))
    .reduce((latest, each) => (each > latest ? each : latest));
}
