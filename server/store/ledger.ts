import * as z from "zod";
import { type Attempt, attemptSchema, type Tier, tierSchema } from "../../shared/answer.ts";
import type { NanoUsd } from "../../shared/money.ts";
import type { Book, Spend } from "../../shared/protocol.ts";
import type { Database } from "./database.ts";
import { createDayOf } from "./day-of.ts";
import type { Instances } from "./instances.ts";
import { jsonColumn } from "./json-column.ts";
import { settleCrashed } from "./settle-crashed.ts";

/** Money held before a request leaves: an upper bound of what it can cost. */
export interface Reservation {
  attemptId: string;
  turnId: string;
  sessionId: string;
  kind: "chat" | "helper";
  workspace: string;
  /** Simulated money is kept apart and never counts. */
  book: "real" | "simulated";
  tier: Tier;
  providerId: string;
  modelId: string;
  startedAtMs: number;
  heldNano: NanoUsd;
  /** What the input alone costs as sent. null when the price is not known: then a crash is settled as unknown, not $0. */
  inputNano: NanoUsd | null;
  /** May have a fraction. null when the price is not known. */
  outputNanoPerToken: number | null;
}

/** How an attempt ended and what it cost. */
export interface Settlement
  extends Omit<Attempt, "id" | "providerId" | "modelId" | "tier" | "startedAtMs" | "heldNano"> {
  /** Why this route was taken, in the plan's words. */
  reason: string;
}

/** The books of every window on this host: one row for each attempt, held first, settled once. */
export interface Ledger {
  /** Holds the money. Only when this resolves may the request leave. Rejects with a ledger failure. */
  reserve(reservation: Reservation): Promise<void>;
  /** Notes how much came so far, in case this process dies. Written at most once a second for an attempt; may be lost. */
  noteProgress(attemptId: string, progress: { outputTokens: number }): void;
  /**
   * Writes the true cost, safe from a loss of power. The first settlement of an attempt wins. Rejects with a ledger
   * failure when it cannot be written now: the row then stays held, and the settlement is kept and tried again until
   * this process ends.
   */
  settle(attemptId: string, settlement: Settlement): Promise<void>;
  /** Settled attempts of a turn, oldest first. */
  attemptsOfTurn(turnId: string): Attempt[];
  /** Both books for the person's day in which `dayMs` falls; today without it. */
  spend(dayMs?: number): Spend;
  /** Settles what dead processes left held, and gives how many attempts that were. */
  settleDead(): Promise<number>;
  /** How many settlements wait to be written: more than none means that the disk refuses them. */
  unsettled(): number;
}

export interface LedgerOptions {
  database: Database;
  instances: Instances;
  now: () => number;
  timeZone: string;
}

const NOTE_EVERY_MS = 1_000;
/** Attempts whose progress is noted at the same time; each is one open stream. Beyond it the oldest goes without. */
const MOST_NOTED = 1_000;
const RETRY_SETTLING_MS = 2_000;
/** Settlements kept while the disk refuses them. Beyond it the oldest is given up: its row settles at what it held. */
const MOST_KEPT = 1_000;

/** The ledger and what its owner must call before closing the file. */
export type OwnedLedger = Ledger & { close(): void };

export function createLedger({ database, instances, now, timeZone }: LedgerOptions): OwnedLedger {
  const dayOf = createDayOf(timeZone);
  const insert = database.prepare(
    `INSERT INTO attempts (attempt_id, turn_id, session_id, kind, workspace, book, tier, provider_id, model_id,
       instance_id, day, started_at_ms, held_nano, input_nano, output_nano_per_token)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const note = database.prepare(
    "UPDATE attempts SET noted_output_tokens = ?, noted_at_ms = ? WHERE attempt_id = ? AND outcome IS NULL",
  );
  const update = database.prepare(
    `UPDATE attempts SET outcome = ?, failure = ?, usage = ?, cost_nano = ?, cost_source = ?, first_token_ms = ?,
       duration_ms = ?, reason = ?, settled_at_ms = ?
     WHERE attempt_id = ? AND outcome IS NULL`,
  );
  const ofTurn = database.prepare("SELECT * FROM attempts WHERE turn_id = ? ORDER BY rowid");
  const ofDay = database.prepare(
    `SELECT book, tier, provider_id, model_id, SUM(cost_nano) AS cost_nano,
       COUNT(*) FILTER (WHERE outcome = 'done' AND kind = 'chat') AS answers,
       COUNT(*) FILTER (WHERE outcome IS NOT NULL AND cost_nano IS NULL) AS unknown,
       COALESCE(SUM(held_nano) FILTER (WHERE outcome IS NULL), 0) AS held_nano
     FROM attempts WHERE day = ? GROUP BY book, tier, provider_id, model_id`,
  );

  const noted = new Map<string, { outputTokens: number; writtenAtMs: number; timer: NodeJS.Timeout | null }>();
  const kept = new Map<string, Settlement>();
  let retryTimer: NodeJS.Timeout | null = null;

  const writeNote = (attemptId: string): void => {
    const progress = noted.get(attemptId);
    if (progress === undefined) return;
    progress.timer = null;
    progress.writtenAtMs = now();
    const { outputTokens, writtenAtMs } = progress;
    // Best effort: a note that is lost leaves the attempt settled at more, never at less.
    database.write("normal", () => note.run(outputTokens, writtenAtMs, attemptId)).catch(() => undefined);
  };

  const forgetNote = (attemptId: string): void => {
    const timer = noted.get(attemptId)?.timer;
    if (timer) clearTimeout(timer);
    noted.delete(attemptId);
  };

  const writeSettlement = (attemptId: string, s: Settlement): Promise<unknown> => {
    const failure = s.failure === null ? null : JSON.stringify(s.failure);
    const usage = s.usage === null ? null : JSON.stringify(s.usage);
    return database.write("full", () =>
      update.run(
        s.outcome,
        failure,
        usage,
        s.costNano,
        s.costSource,
        s.firstTokenMs,
        s.durationMs,
        s.reason,
        now(),
        attemptId,
      ),
    );
  };

  const retryLater = (): void => {
    if (retryTimer !== null || kept.size === 0) return;
    retryTimer = setTimeout(async () => {
      // All at once, so that they share a transaction. What fails again stays.
      await Promise.allSettled(
        [...kept].map(async ([attemptId, settlement]) => {
          await writeSettlement(attemptId, settlement);
          kept.delete(attemptId);
        }),
      );
      retryTimer = null;
      retryLater();
    }, RETRY_SETTLING_MS);
    retryTimer.unref();
  };

  return {
    async reserve(r) {
      checkMoney(r.heldNano);
      if (r.inputNano !== null) checkMoney(r.inputNano);
      const day = dayOf(now());
      await database.write("normal", () =>
        insert.run(
          r.attemptId,
          r.turnId,
          r.sessionId,
          r.kind,
          r.workspace,
          r.book,
          r.tier,
          r.providerId,
          r.modelId,
          instances.ownId,
          day,
          r.startedAtMs,
          r.heldNano,
          r.inputNano,
          r.outputNanoPerToken,
        ),
      );
    },

    noteProgress(attemptId, { outputTokens }) {
      const before = noted.get(attemptId);
      if (before === undefined) {
        const [oldest] = noted.keys();
        if (noted.size >= MOST_NOTED && oldest !== undefined) forgetNote(oldest);
        noted.set(attemptId, { outputTokens, writtenAtMs: 0, timer: null });
        return writeNote(attemptId);
      }
      before.outputTokens = outputTokens;
      if (before.timer !== null) return;
      const waitMs = before.writtenAtMs + NOTE_EVERY_MS - now();
      if (waitMs <= 0) return writeNote(attemptId);
      before.timer = setTimeout(() => writeNote(attemptId), waitMs);
      before.timer.unref();
    },

    async settle(attemptId, settlement) {
      if (settlement.costNano !== null) checkMoney(settlement.costNano);
      forgetNote(attemptId);
      if (kept.has(attemptId)) return;
      try {
        await writeSettlement(attemptId, settlement);
      } catch (error) {
        const [oldest] = kept.keys();
        if (kept.size >= MOST_KEPT && oldest !== undefined) kept.delete(oldest);
        kept.set(attemptId, settlement);
        retryLater();
        throw error;
      }
    },

    attemptsOfTurn(turnId) {
      return database
        .read(() => ofTurn.all(turnId))
        .flatMap((row) => {
          const waiting = kept.get(String(row.attempt_id));
          const attempt = attemptOf(row, waiting);
          return attempt === null ? [] : [attempt];
        });
    },

    spend(dayMs = now()) {
      const rows = z.array(spendRowSchema).parse(database.read(() => ofDay.all(dayOf(dayMs))));
      return {
        real: bookOf(rows.filter((row) => row.book === "real")),
        simulated: bookOf(rows.filter((row) => row.book === "simulated")),
      };
    },

    settleDead: () => settleCrashed(database, instances, now()),
    unsettled: () => kept.size,

    close() {
      if (retryTimer !== null) clearTimeout(retryTimer);
      for (const attemptId of [...noted.keys()]) forgetNote(attemptId);
      for (const [attemptId, settlement] of kept) {
        // Once more, with the last writes; then the next process settles the row at what it held.
        writeSettlement(attemptId, settlement).catch(() => undefined);
      }
    },
  };
}

function checkMoney(nano: NanoUsd): void {
  if (!Number.isSafeInteger(nano) || nano < 0) throw new RangeError(`Not a whole amount of nano-dollars: ${nano}`);
}

const spendRowSchema = z.object({
  book: z.string(),
  tier: z.string(),
  provider_id: z.string(),
  model_id: z.string(),
  cost_nano: z.number().nullable(),
  answers: z.number(),
  unknown: z.number(),
  held_nano: z.number(),
});

function bookOf(rows: readonly z.infer<typeof spendRowSchema>[]): Book {
  const sum = (amount: (row: (typeof rows)[number]) => number) => rows.reduce((total, row) => total + amount(row), 0);
  return {
    spentNano: sum((row) => row.cost_nano ?? 0),
    heldNano: sum((row) => row.held_nano),
    unknown: sum((row) => row.unknown),
    rows: rows
      // A model that only failed, for nothing, is no line of a bill.
      .filter((row) => row.answers > 0 || row.unknown > 0 || (row.cost_nano ?? 0) > 0)
      .flatMap((row) => {
        // Money of a tier that only a later version knows counts, though it has no line here.
        const tier = tierSchema.safeParse(row.tier);
        if (!tier.success) return [];
        // Nothing known beside something unknown is not "$0".
        const costNano = row.unknown > 0 && row.cost_nano === 0 ? null : row.cost_nano;
        const { provider_id: providerId, model_id: modelId, answers } = row;
        return [{ tier: tier.data, providerId, modelId, costNano, answers }];
      })
      .sort(
        (a, b) => (b.costNano ?? -1) - (a.costNano ?? -1) || b.answers - a.answers || compare(a.modelId, b.modelId),
      ),
  };
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

const attemptRowSchema = z.object({
  attempt_id: z.string(),
  provider_id: z.string(),
  model_id: z.string(),
  tier: attemptSchema.shape.tier,
  outcome: attemptSchema.shape.outcome,
  failure: jsonColumn(attemptSchema.shape.failure).nullable(),
  started_at_ms: z.number(),
  first_token_ms: z.number().nullable(),
  duration_ms: z.number(),
  usage: jsonColumn(attemptSchema.shape.usage).nullable(),
  held_nano: z.number(),
  cost_nano: z.number().nullable(),
  cost_source: attemptSchema.shape.costSource,
});
const heldRowSchema = attemptRowSchema.pick({
  attempt_id: true,
  provider_id: true,
  model_id: true,
  tier: true,
  started_at_ms: true,
  held_nano: true,
});

/** null for a row that is still held, or that a later version wrote in a way this one cannot read. */
function attemptOf(row: unknown, waiting: Settlement | undefined): Attempt | null {
  if (waiting !== undefined) {
    const held = heldRowSchema.safeParse(row);
    if (!held.success) return null;
    const { reason: _, ...rest } = waiting;
    return { ...identityOf(held.data), ...rest };
  }
  const found = attemptRowSchema.safeParse(row);
  if (!found.success) return null;
  const { data } = found;
  return {
    ...identityOf(data),
    outcome: data.outcome,
    failure: data.failure,
    firstTokenMs: data.first_token_ms,
    durationMs: data.duration_ms,
    usage: data.usage,
    costNano: data.cost_nano,
    costSource: data.cost_source,
  };
}

function identityOf(row: z.infer<typeof heldRowSchema>) {
  return {
    id: row.attempt_id,
    providerId: row.provider_id,
    modelId: row.model_id,
    tier: row.tier,
    startedAtMs: row.started_at_ms,
    heldNano: row.held_nano,
  };
}
