import type { Attempt, Decision, Session, Turn } from "../../shared/answer.ts";
import { type Failure, failureOf } from "../../shared/failure.ts";
import type { AskParams, AskPart } from "../../shared/protocol.ts";
import { languageOfQuestion } from "../core/learn-key.ts";
import { type Route, routeName } from "../core/provider.ts";
import { questionHead } from "../core/question-head.ts";
import type { Store } from "../store/open-store.ts";
import { type Audit, auditOfTurn } from "./audit.ts";
import { buildDecision } from "./build-decision.ts";
import type { Calibration } from "./calibration.ts";
import type { Clock } from "./clock.ts";
import { type Coalescer, createCoalescer } from "./coalesce.ts";
import type { Scene, World } from "./configure.ts";
import { escalate, findingOf, withEscalation, withLateAttempts } from "./escalate.ts";
import type { FailoverJob, FailoverResult } from "./failover.ts";
import { filterContext } from "./filter-context.ts";
import type { Health } from "./health.ts";
import type { Learning } from "./learning.ts";
import { type Obtained, obtainAnswer } from "./obtain-answer.ts";
import type { Offline } from "./offline.ts";
import { chatRequestOf, type Prepared, prepareQuestion, turnsBefore } from "./prepare-question.ts";

type AskStore = Pick<Store, "ledger" | "sessions" | "responses">;

export interface AskDeps {
  world: Pick<World, "settled" | "during" | "silent">;
  /** null when the books could not be opened; `world.silent()` says why. */
  store: AskStore | null;
  clock: Clock;
  health: Health;
  /** Absent: a route that cannot be reached is to blame itself. */
  offline?: Offline;
  calibration?: Calibration;
  /** Writes down how each turn ended; absent: nobody does. */
  audit?: Pick<Audit, "ended">;
  /** What answers did here: told of how each turn ended, and asked before one is decided. Absent: nothing is learned. */
  learning?: Pick<Learning, "learned" | "ended">;
  /** 0 ≤ x < 1 */
  random(): number;
  createId(): string;
  /** The workspace of the books. */
  workspace: string;
  /** Routes that the person paused, by `routeName`, as they are now. Absent: none. */
  paused?(): ReadonlySet<string>;
  /** After each settlement: the money of today has changed. */
  onAttempt?(attempt: Attempt, route: Route): void;
  /** Something beside the answer went wrong, and the answer goes on. */
  onFault?(failure: Failure): void;
  /** Which code blocks of an answer do not parse. The turn waits a while; what comes later amends it. */
  unparsedBlocks?(answer: string): Promise<Unparsed>;
  /** An ended turn has become another: its code was looked at late. It is written down already. */
  onAmended?(sessionId: string, turn: Turn): void;
  /** Told about each second what has come of an answer: what `unparsedBlocks` needs can be made ready meanwhile. */
  codeIsComing?(answerSoFar: string): void;
}

export type Ask = (
  params: Omit<AskParams, "partialResultToken">,
  emit: (part: AskPart) => void,
  signal: AbortSignal,
) => Promise<Turn>;

/**
 * An answer that is there is on the page; its decision is not kept back for longer than this to look at its code. The first
 * answer of all may take longer, when grammars are loaded on a machine that has other things to do: it is amended then.
 */
const VERIFY_MS = 1_000;
/** The same where another model may be asked for what is found: an amended turn would be too late for that. */
const VERIFY_TO_ASK_AGAIN_MS = 5_000;
/** An answer that is coming is written down this often. */
const SAVE_EVERY_MS = 1_000;

/**
 * One turn of a conversation: weighs the question, plans, walks the plan, and writes the turn at its start, about each
 * second, and at its end. Never rejects: a failure is in the turn, and a cancelled turn holds what had come.
 */
export function createAsk(deps: AskDeps): Ask {
  const requests = createCoalescer<FailoverResult>();
  return async (params, emit, signal) => {
    await deps.world.settled();
    const silent = deps.world.silent(params.mode);
    const { store } = deps;
    if (silent !== null || store === null) {
      const failure = silent ?? { kind: "ledger", message: "The books are not open. Restart Wayfare." };
      return answerUnasked(params, failure, deps);
    }
    return deps.world.during((scene) => answer(params, { scene, store, emit, signal, requests }, deps));
  };
}

interface Stage {
  scene: Scene;
  store: AskStore;
  emit: (part: AskPart) => void;
  signal: AbortSignal;
  requests: Coalescer<FailoverResult>;
}

async function answer(params: Omit<AskParams, "partialResultToken">, stage: Stage, deps: AskDeps): Promise<Turn> {
  const { scene, store, emit, signal, requests } = stage;
  const { clock } = deps;
  const { sent, notSent } = filterContext(params.context, scene.trusted);
  let turn = beginTurn({ ...params, context: sent }, clock.now());
  const session = readSession(params.sessionId, store, deps);
  const save = (state: Turn) => saveTurn(session, state, { sessionId: params.sessionId, store, deps });
  try {
    const earlier = turnsBefore(session, params.turnId);
    const { mode } = params;
    const prepared = prepareQuestion({
      scene,
      text: params.question,
      context: sent,
      earlier,
      retryOf: params.retryOf,
      mode,
      health: deps.health,
      nowMs: clock.now(),
      paused: deps.paused?.(),
      learned: deps.learning?.learned,
    });
    if (!prepared.planned.ok) {
      turn = { ...turn, state: "failed", failure: prepared.planned.failure };
    } else {
      const { planned } = prepared;
      const decided = (result: Parameters<typeof buildDecision>[1]) =>
        decide(mode, prepared, planned, [...notSent, ...prepared.prompt.trimmed], result);
      // What was decided is written down before money is spent, so that a crash leaves the reason beside the bill: writes
      // are carried out in their order, so the money that is held next is not held before.
      const written = save({
        ...turn,
        decision: decided({ attempts: [], answeredBy: null, finishReason: null, text: "" }),
      });
      const language = languageOfQuestion(sent, earlier);
      const isAskedAgain = params.retryOf !== undefined || session?.turns.some(({ id }) => id === params.turnId);
      const shown = keepText(
        emit,
        (text) => {
          store.sessions.saveAnswerText(params.turnId, text);
          deps.codeIsComing?.(text);
        },
        clock,
      );
      const job: FailoverJob = {
        sessionId: params.sessionId,
        turnId: params.turnId,
        kind: "chat",
        workspace: deps.workspace,
        language,
        steps: planned.plan,
        ...chatRequestOf(prepared),
        caps: scene.settings.budget.caps,
        ladder: scene.settings.budget.ladder,
        localSteps: prepared.localSteps,
      };
      const asked = isAskedAgain === true ? "anew" : "first";
      const ports = {
        failover: failoverDeps(scene, store, deps),
        cache: { responses: store.responses, settings: scene.settings.cache, now: clock.now, onFault: deps.onFault },
        requests,
      };
      const routes = prepared.answerRoutes;
      const first = await obtainAnswer(job, { scene, routes, asked }, ports, { emit: shown, signal });
      await written;
      const mayAskAgain =
        mode === "auto" && scene.settings.evidence.escalate && first.result.answeredBy?.tier === "cheap";
      const looked = await findUnparsed(first.result, deps, mayAskAgain ? VERIFY_TO_ASK_AGAIN_MS : VERIFY_MS);
      const finding = findingOf(first.result, looked.unparsed, {
        mode,
        prior: prepared.classification,
        mayEscalate: scene.settings.evidence.escalate && !signal.aborted,
      });
      const second =
        finding === null
          ? null
          : await escalate(
              first,
              finding,
              job,
              {
                plan: planned.plan,
                prior: prepared.classification,
                quality: scene.settings.quality,
                isResting: (route) =>
                  (deps.health.pauses([route], job.inputTokens).get(routeName(route))?.untilMs ?? 0) > clock.now(),
              },
              (harder, show) => {
                const frontier = { scene, routes: harder.steps.map(({ route }) => route), asked } as const;
                return obtainAnswer(harder, frontier, ports, { emit: show, signal });
              },
              shown,
            );
      const { result, mark, bill } = second ?? first;
      const { state, text, failure } = result;
      const { unparsed, later } = result === first.result ? looked : await findUnparsed(result, deps, VERIFY_MS);
      const decision = withEscalation({ ...decided(result), ...mark }, second, text);
      turn = { ...turn, answer: text, state, failure, decision: withUnparsed(decision, unparsed) };
      const ended = turn;
      deps.audit?.ended(
        auditOfTurn(
          {
            requestId: turn.id,
            atMs: turn.askedAtMs,
            sessionId: params.sessionId,
            workspace: deps.workspace,
            language,
            question: scene.settings.keepQuestions ? params.question : null,
          },
          decision,
          result,
          prepared.firstOf,
        ),
      );
      const amend = async (amended: Turn): Promise<void> => {
        await save(amended);
        deps.onAmended?.(params.sessionId, amended);
      };
      void later?.then(async (found) => {
        if (found.length === 0) return;
        await amend({ ...ended, decision: withUnparsed(decision, found) });
      });
      bill
        ?.then(async (attempts) => {
          // Asked again meanwhile, the turn is another one.
          const present = readSession(params.sessionId, store, deps)?.turns.find(({ id }) => id === ended.id);
          if (present?.state !== ended.state || present.askedAtMs !== ended.askedAtMs) return;
          await amend({ ...ended, decision: withLateAttempts(ended.decision ?? decision, attempts, text) });
        })
        .catch((error: unknown) => deps.onFault?.(failureOf(error)));
    }
  } catch (error) {
    const failure = failureOf(error);
    deps.onFault?.(failure);
    turn = { ...turn, state: "failed", failure };
  }
  await save(turn);
  deps.learning?.ended(turn, { session, retryOf: params.retryOf });
  return turn;
}

/** A conversation that cannot be read is asked as a new one; the answer is worth more than its history. */
function readSession(sessionId: string, { sessions }: Stage["store"], deps: AskDeps): Session | null {
  try {
    return sessions.read(sessionId);
  } catch (error) {
    deps.onFault?.(failureOf(error));
    return null;
  }
}

function failoverDeps(scene: Scene, { ledger }: Stage["store"], deps: AskDeps) {
  return {
    ledger,
    clock: deps.clock,
    random: deps.random,
    createId: deps.createId,
    providerOf: scene.providerOf,
    onLedgerFault: deps.onFault,
    ...(deps.calibration === undefined ? {} : { calibration: deps.calibration }),
    health: deps.health,
    ...(deps.offline === undefined ? {} : { offline: deps.offline }),
    onAttempt(attempt: Attempt, route: Route): void {
      deps.onAttempt?.(attempt, route);
    },
  };
}

function decide(
  mode: string,
  prepared: Prepared,
  planned: Prepared["planned"] & { ok: true },
  notSent: readonly string[],
  result: Parameters<typeof buildDecision>[1],
): Decision {
  const { classification, why, firstOf } = prepared;
  const { plan, leftOut } = planned;
  return buildDecision({ mode, why, classification, plan, leftOut, notSent, firstOf }, result);
}

type Unparsed = NonNullable<Decision["unparsed"]>;

function withUnparsed(decision: Decision, unparsed: Unparsed): Decision {
  return unparsed.length === 0 ? decision : { ...decision, unparsed };
}

/**
 * What of a whole answer does not parse; `later` where that was not known in time. One that was cut short ends in the
 * middle of something anyway.
 */
async function findUnparsed(
  result: Obtained["result"],
  deps: AskDeps,
  patienceMs: number,
): Promise<{ unparsed: Unparsed; later?: Promise<Unparsed> }> {
  const { unparsedBlocks, clock } = deps;
  if (unparsedBlocks === undefined || result.state !== "done" || result.finishReason === "length") {
    return { unparsed: [] };
  }
  const found = unparsedBlocks(result.text).catch((error: unknown): Unparsed => {
    deps.onFault?.(failureOf(error));
    return [];
  });
  let callOff = (): void => undefined;
  const late = new Promise<null>((resolve) => {
    callOff = clock.after(patienceMs, () => resolve(null));
  });
  const unparsed = await Promise.race([found, late]);
  callOff();
  return unparsed === null ? { unparsed: [], later: found } : { unparsed };
}

/** A question that cannot be asked now still stands in the conversation, so that nothing typed is lost. */
async function answerUnasked(
  params: Omit<AskParams, "partialResultToken">,
  failure: Failure,
  deps: AskDeps,
): Promise<Turn> {
  const turn: Turn = { ...beginTurn({ ...params, context: [] }, deps.clock.now()), state: "failed", failure };
  const { store } = deps;
  if (store === null) return turn;
  await saveTurn(readSession(params.sessionId, store, deps), turn, { sessionId: params.sessionId, store, deps });
  return turn;
}

function beginTurn(params: Omit<AskParams, "partialResultToken">, nowMs: number): Turn {
  return {
    id: params.turnId,
    askedAtMs: nowMs,
    question: params.question,
    context: params.context.map(({ text: _text, ...chip }) => chip),
    answer: "",
    state: "answering",
    failure: null,
    decision: null,
  };
}

/** Passes parts on, and the text since the last restart to `save`, at most once in `SAVE_EVERY_MS`. */
function keepText(emit: (part: AskPart) => void, save: (text: string) => void, clock: Clock): (part: AskPart) => void {
  let text = "";
  let savedAtMs = clock.ticks();
  return (part) => {
    emit(part);
    if (part.type === "restart") text = "";
    if (part.type !== "text") return;
    text += part.text;
    if (clock.ticks() - savedAtMs < SAVE_EVERY_MS) return;
    savedAtMs = clock.ticks();
    save(text);
  };
}

/** A conversation that cannot be written is told of, and the answer is shown all the same. */
async function saveTurn(
  session: Session | null,
  turn: Turn,
  { sessionId, store, deps }: { sessionId: string; store: Stage["store"]; deps: AskDeps },
): Promise<void> {
  try {
    await store.sessions.saveTurn(
      {
        id: sessionId,
        workspace: deps.workspace,
        title: session?.title ?? questionHead(turn.question),
        updatedAtMs: deps.clock.now(),
      },
      turn,
    );
  } catch (error) {
    deps.onFault?.(failureOf(error));
  }
}
