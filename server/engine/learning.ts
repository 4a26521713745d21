import type { Decision, Session, Turn } from "../../shared/answer.ts";
import { type Failure, FailureError, failureOf } from "../../shared/failure.ts";
import type {
  ForgetLearnedParams,
  LearnedRow,
  LearnedTable,
  LearnKind,
  LearnSignal,
  UndoneCodeParams,
} from "../../shared/learned.ts";
import type { AcceptedCodeParams } from "../../shared/report.ts";
import type { LearnedOf } from "../core/apply-learned.ts";
import { extractFeatures } from "../core/features.ts";
import { kindOf, type LearnKey, type LearnModel, languageOfQuestion, modelName } from "../core/learn-key.ts";
import { learnDay, OLDEST_DAYS, ownShiftOf, shifted, shiftOf, type Tally, tally } from "../core/learn-tier.ts";
import { learnedWords } from "../core/learned-words.ts";
import type { KeptObservation } from "../store/observations.ts";
import type { Store } from "../store/open-store.ts";

/** What answers did on this machine: written down where it shows, and told to whoever decides. Nothing of it is sent. */
export interface Learning {
  /** What was learned of a model; null where nothing was, and where learning is off. Never throws. */
  learned: LearnedOf;
  /** Code of an answer was taken over. Nobody waits for it, as for the next four; none of them fails. */
  accepted(params: AcceptedCodeParams): void;
  undone(params: UndoneCodeParams): void;
  /**
   * A turn has ended: code that was taken over before counts now, and so does its escalation. `retryOf` is the turn that it
   * asks once more, of `session`, and `session` is as it was before.
   */
  ended(turn: Turn, facts: { session: Session | null; retryOf: string | undefined }): void;
  /** Ghost text was taken, or a part of it; counted where its request is written down. */
  completed(requestId: string, signal: "completed" | "partlyCompleted"): void;
  /** Everything that was learned, the last seen first. Throws a ledger failure. */
  table(): LearnedTable;
  /** Forgets one row or all. Rejects with a ledger failure. */
  forget(params: ForgetLearnedParams): Promise<LearnedTable>;
  /** Resolves when everything is written. */
  idle(): Promise<void>;
}

export interface LearningDeps {
  /** null while the books are not open. */
  store(): Pick<Store, "observations" | "sessions" | "requests"> | null;
  /** Milliseconds since 1970. */
  now(): number;
  /** `wayfare.learning.enabled` as it is now. */
  isOn(): boolean;
  onFault(failure: Failure): void;
}

/** What another window learned is known here after this long; what this one did, at once. */
const KNOWN_FOR_MS = 60_000;
/** Signals of turns told lately, so that none counts twice: more than a person gives in a day. */
const MOST_TOLD = 500;
/** Turns whose code was taken over before they ended: far more than can be under way. */
const MOST_EARLY = 50;

export function createLearning(deps: LearningDeps): Learning {
  let known: { atMs: number; observed: readonly KeptObservation[]; seen: Tally } | null = null;
  let writing: Promise<unknown> = Promise.resolve();
  const told = new Set<string>();
  const early = new Map<string, LearnSignal[]>();

  const read = () => {
    const nowMs = deps.now();
    if (known !== null && Math.abs(nowMs - known.atMs) < KNOWN_FOR_MS) return known;
    const observed = deps.store()?.observations.read() ?? [];
    known = { atMs: nowMs, observed, seen: tally(observed, nowMs) };
    return known;
  };
  const safely = (run: () => void): void => {
    try {
      if (deps.isOn()) run();
    } catch (error) {
      deps.onFault(failureOf(error));
    }
  };
  const observe = (key: LearnKey, signal: LearnSignal): void => {
    const atMs = deps.now();
    writing = writing
      .then(() => deps.store()?.observations.add(key, signal, atMs))
      .catch((error: unknown) => deps.onFault(failureOf(error)))
      .finally(() => {
        known = null;
      });
  };
  /** Of one turn each signal counts once, however many of its blocks are copied. */
  const observeOnce = (turnId: string, signal: LearnSignal, key: LearnKey): void => {
    const isKept = signal === "inserted" || signal === "copied";
    const name = `${isKept ? "kept" : signal} ${turnId}`;
    if (told.has(name)) return;
    told.add(name);
    const [oldest] = told;
    if (told.size > MOST_TOLD && oldest !== undefined) told.delete(oldest);
    observe(key, signal);
  };
  const ofTurn = ({ sessionId, turnId }: UndoneCodeParams, signal: LearnSignal): void =>
    safely(() => {
      const turns = deps.store()?.sessions.read(sessionId)?.turns ?? [];
      const index = turns.findIndex(({ id }) => id === turnId);
      const turn = turns[index];
      if (turn === undefined) return;
      const key = keyOfTurn(turn, turns.slice(0, index));
      if (key !== null) return observeOnce(turnId, signal, key);
      // Who answers it is not known yet.
      early.set(turnId, [...(early.get(turnId) ?? []), signal]);
      const oldest = early.keys().next();
      if (early.size > MOST_EARLY && oldest.done !== true) early.delete(oldest.value);
    });

  const table = (): LearnedTable => {
    known = null;
    const { observed, seen } = read();
    return { rows: rowsOf(observed, seen, learnDay(deps.now())), enabled: deps.isOn() };
  };

  return {
    learned(kind, languageId, model) {
      try {
        if (!deps.isOn()) return null;
        const { observed, seen } = read();
        const key: LearnKey = { kind, languageId, model };
        const shift = shiftOf(seen, key);
        if (shift === 0) return null;
        const today = learnDay(deps.now());
        return { shift, words: (tier) => learnedWords(observed, { key, shift, tier, today }) };
      } catch (error) {
        deps.onFault(failureOf(error));
        return null;
      }
    },
    accepted: (params) => ofTurn(params, params.how === "insert" ? "inserted" : "copied"),
    undone: (params) => ofTurn(params, "undone"),
    ended: (turn, { session, retryOf }) =>
      safely(() => {
        const turns = session?.turns ?? [];
        const key = keyOfTurn(turn, turns);
        const signals = early.get(turn.id) ?? [];
        early.delete(turn.id);
        if (key !== null) for (const signal of signals) observeOnce(turn.id, signal, key);
        const gaveUp = escalatedFrom(turn.decision);
        const kindAndLanguage = keyFacts(turn, turns);
        if (gaveUp !== null) observeOnce(turn.id, "escalated", { ...kindAndLanguage, model: gaveUp });
        const index = turns.findIndex(({ id }) => id === retryOf);
        const before = turns[index];
        if (before === undefined) return;
        for (const { signal, of } of retrySignals(before, turn)) {
          const asked = of === "before" ? keyOfTurn(before, turns.slice(0, index)) : key;
          if (asked !== null) observeOnce(before.id, signal, asked);
        }
      }),
    completed: (requestId, signal) =>
      safely(() => {
        const record = deps.store()?.requests.read(requestId) ?? null;
        if (record === null) return;
        const { providerId, modelId, book, language } = record;
        const model = { providerId, modelId, simulated: book === "simulated" };
        observeOnce(requestId, signal, { kind: "completion", languageId: language, model });
      }),
    table,
    async forget({ row }) {
      const store = deps.store();
      if (store === null) {
        throw new FailureError({ kind: "ledger", message: "The books are not open. Restart Wayfare." });
      }
      // What is being written is forgotten, too.
      await writing;
      if (row === null) {
        await store.observations.forget("everything");
        told.clear();
      } else {
        const { kind, languageId, ...model } = row;
        await store.observations.forget({ kind, languageId, model });
      }
      return table();
    },
    async idle() {
      await writing;
    },
  };
}

/** The key of a turn's answer; null where nobody has answered it. */
function keyOfTurn(turn: Turn, earlier: readonly Turn[]): LearnKey | null {
  const { decision } = turn;
  if (decision === null || decision.answeredBy === null) return null;
  const { providerId, modelId } = decision.answeredBy;
  return { ...keyFacts(turn, earlier), model: { providerId, modelId, simulated: decision.simulated } };
}

/** As the classifier saw the question, or, where the person chose the tier, as it would have. */
function keyFacts(turn: Turn, earlier: readonly Turn[]): { kind: LearnKind; languageId: string } {
  const features =
    turn.decision?.classification?.features ??
    extractFeatures({
      text: turn.question,
      // What was in the files is not kept; how much of them was shown is.
      context: turn.context.map((chip) => ({ ...chip, text: "" })),
      history: [],
    });
  return { kind: kindOf(features), languageId: languageOfQuestion(turn.context, earlier) };
}

/**
 * What it says that a person asked once more. Only a whole answer can have displeased them: one that failed or was stopped
 * says nothing of how good it is. Another tier is one that they chose; the one that automatic mode comes to is not.
 */
function retrySignals(before: Turn, after: Turn): { signal: LearnSignal; of: "before" | "after" }[] {
  const was = before.decision?.answeredBy?.tier;
  if (before.state !== "done" || was === undefined) return [];
  const mode = after.decision?.mode ?? "auto";
  const answered = after.decision?.answeredBy?.tier;
  const wanted = mode === "cheap" || mode === "frontier" ? mode : mode.includes("/") ? (answered ?? was) : was;
  if (wanted === was) return [{ signal: "regenerated", of: "before" }];
  if (wanted === "frontier") return [{ signal: "sentUp", of: "before" }];
  // That the frontier answer was not needed says that the cheap one will do, once it is there.
  return after.state === "done" && answered === "cheap" ? [{ signal: "sentDown", of: "after" }] : [];
}

/** Whose answer was found wanting, so that another tier was asked; null where that did not happen. */
function escalatedFrom(decision: Decision | null): LearnModel | null {
  if (decision?.escalated === undefined || decision.escalated === null) return null;
  const gaveUp = decision.attempts.find(({ tier, outcome }) => tier === "cheap" && outcome === "done");
  if (gaveUp === undefined) return null;
  return { providerId: gaveUp.providerId, modelId: gaveUp.modelId, simulated: decision.simulated };
}

function rowsOf(observed: readonly KeptObservation[], seen: Tally, today: number): LearnedRow[] {
  const rows = new Map<string, LearnedRow>();
  for (const { kind, languageId, model, signal, day, times, lastAtMs } of observed) {
    if (day < today - OLDEST_DAYS) continue;
    const name = `${modelName(model)} ${kind} ${languageId}`;
    const key: LearnKey = { kind, languageId, model };
    const row: LearnedRow = rows.get(name) ?? {
      ...model,
      kind,
      languageId,
      seen: {},
      movedPoints: pointsOf(shiftOf(seen, key)),
      ownPoints: pointsOf(ownShiftOf(seen, key)),
      lastAtMs,
    };
    row.seen[signal] = (row.seen[signal] ?? 0) + times;
    row.lastAtMs = Math.max(row.lastAtMs, lastAtMs);
    rows.set(name, row);
  }
  // Of the same moment, by name: the page does not change its order by itself.
  return [...rows]
    .sort(([a, one], [b, other]) => other.lastAtMs - one.lastAtMs || (a < b ? -1 : 1))
    .map(([, row]) => row);
}

/** What a shift in log-odds does to an even chance, in percentage points. */
function pointsOf(shift: number): number {
  return (shifted(0.5, shift) - 0.5) * 100;
}
