import type { Attempt } from "../../shared/answer.ts";
import type { Failure } from "../../shared/failure.ts";
import { isLanguageOn } from "../../shared/is-language-on.ts";
import { maySend } from "../../shared/may-send.ts";
import { attemptBehind } from "../../shared/told-failure.ts";
import { type CompletionFeatures, completionComplexity } from "../core/completion-complexity.ts";
import { CHAT_TOKENS, type CompletionPrompt } from "../core/compose-completion.ts";
import { isInPool } from "../core/narrow-pool.ts";
import { planCompletion, worthFrontier } from "../core/plan-completion.ts";
import { type PolishFacts, polish } from "../core/polish-completion.ts";
import {
  type FinishReason,
  type Provider,
  type ProviderPart,
  type Route,
  routeName,
  type StreamOptions,
} from "../core/provider.ts";
import { createStopper } from "../core/stop-completion.ts";
import type { Hole } from "../core/surroundings.ts";
import type { Syntax } from "../core/syntax.ts";
import { verifyCompletion } from "../core/verify-completion.ts";
import { worthOfSecondNano } from "../core/weigh-routes.ts";
import { nothingToSuggest, refusedByFilter, whySilent } from "../core/why-silent.ts";
import { type Audit, auditOfWalk } from "./audit.ts";
import type { Calibration } from "./calibration.ts";
import type { Clock } from "./clock.ts";
import type { Flight, FlightControl, Landing } from "./completion-requests.ts";
import type { Scene, World } from "./configure.ts";
import { type FailoverDeps, failover, windowOf } from "./failover.ts";
import { priceRoutes } from "./gather-models.ts";
import type { Health } from "./health.ts";
import type { Offline } from "./offline.ts";
import { completionBounds, completionTimeouts } from "./timers.ts";

export interface AskCompletionDeps {
  world: Pick<World, "settled" | "during" | "silent">;
  /** null when the books could not be opened. */
  store: Pick<FailoverDeps, "ledger"> | null;
  clock: Clock;
  health: Health;
  /** Absent: a route that cannot be reached is to blame itself. */
  offline?: Offline;
  calibration?: Calibration;
  /** Writes down how each request ended; absent: nobody does. */
  audit?: Pick<Audit, "ended">;
  /** 0 ≤ x < 1 */
  random(): number;
  createId(): string;
  /** The workspace of the books. */
  workspace: string;
  syntax: Pick<Syntax, "ready">;
  /** Routes that the person paused, by `routeName`, as they are now. Absent: none. */
  paused?(): ReadonlySet<string>;
  /** After each settlement: the money of today has changed. */
  onAttempt?(attempt: Attempt, route: Route): void;
  /** Something to be logged; the same thing is told once a minute at most. */
  onFault(failure: Failure): void;
}

/** What is wanted, and how it is asked. */
export interface CompletionWish {
  hole: Hole;
  prompt: CompletionPrompt;
  /** How hard the place is. */
  features: CompletionFeatures;
  /** The person asked for it by hand. */
  isInvoked: boolean;
}

/** The rows of completions in the books stand in one conversation that nobody opens. */
export const COMPLETIONS_SESSION = "completions";
/** Less than this is no completion. */
const LEAST_OUTPUT_TOKENS = 16;
/** A model that is asked in chat may write a code fence, and a word before it, around the completion. */
const CHAT_EXTRA_TOKENS = 64;
/** Where nothing else is left to ask. */
const patientCompletionTimeouts = { headersMs: 10_000, firstContentMs: 15_000, gapMs: 5_000 };

/**
 * Asks the models for one completion: plan, fill-in-the-middle or chat, failover, polish, verify. Lands as soon as the
 * text is known; resolves when the books are kept, too. A route that fails before the end is started again on the next
 * one, which costs nothing in sight, because nothing was shown. Never rejects for a failure of a model.
 */
export async function askCompletion(
  facts: CompletionWish,
  control: FlightControl,
  deps: AskCompletionDeps,
): Promise<void> {
  await deps.world.settled();
  const { store } = deps;
  const silent = deps.world.silent("cheap");
  if (store === null || silent?.kind === "ledger") {
    control.land({ text: null, why: "the books cannot be kept" });
    return;
  }
  await deps.world.during((scene) => ask({ ...facts, scene, store }, control, deps));
}

async function ask(
  stage: CompletionWish & { scene: Scene; store: Pick<FailoverDeps, "ledger"> },
  control: FlightControl,
  deps: AskCompletionDeps,
): Promise<void> {
  const { hole, prompt, scene, store } = stage;
  const { place } = hole;
  const { flight, signal } = control;
  const { settings } = scene;
  // Settings may be others than when it was wished for.
  if (obstacleTo(scene, flight.spot) !== null) {
    control.land({ text: null, why: null });
    return;
  }
  const { model } = settings.completions;
  const named = model === null ? scene.routes : scene.routesFor(model);
  const inPool = (route: Route): boolean => isInPool(routeName(route), settings.pool);
  const routes = priceRoutes(named.filter(inPool), deps.clock.now());
  const canFill = (route: Route): boolean => fills(route, scene.providerOf(route));
  const caps = [...settings.budget.caps, ...settings.budget.completionCaps];
  const paused = deps.paused?.() ?? new Set();
  const { isInvoked } = stage;
  const complexity = completionComplexity(stage.features, { quality: settings.quality });
  const planned = planCompletion({
    routes,
    model,
    canFill,
    isCapped: caps.length > 0,
    inputTokens: prompt.inputTokens,
    maxOutputTokens: place.maxOutputTokens,
    cooling: deps.health.pauses(routes, prompt.inputTokens),
    nowMs: deps.clock.now(),
    speeds: deps.health.speeds(routes, { kind: "completion", inputTokens: prompt.inputTokens }),
    secondNano: worthOfSecondNano(settings.quality),
    isInvoked,
    paused,
    frontier: worthFrontier({ isInvoked, lines: place.lines, complexity, model, mode: settings.mode }),
  });
  if (!planned.ok) {
    control.land({ text: null, why: planned.why });
    return;
  }

  const { prefix, suffix } = prompt;
  const stopper = (fromChat: boolean) => createStopper({ hole, fromChat });
  /** How the attempt under way was asked. */
  let asked = { fromChat: false, isEnough: stopper(false) };
  const askedTokens = () => prompt.inputTokens + (asked.fromChat ? CHAT_TOKENS : 0);
  const land = (finished: "stop" | "length" | "enough"): void => {
    control.land(finish(flight, { hole, eol: prompt.eol, finished, fromChat: asked.fromChat }, deps.syntax));
  };
  const listen = (stream: AsyncIterable<ProviderPart>): AsyncIterable<ProviderPart> =>
    heard(stream, control, (reason) => {
      // A text that was cut off in its middle, and by a rule that the person does not see, is not worth showing.
      if (reason === "content-filter") control.land({ text: null, why: refusedByFilter });
      else land(reason === "stop" ? "stop" : "length");
    });
  const call = (provider: Provider, route: Route, maxOutputTokens: number, options: StreamOptions) => {
    // A new attempt: what came of the one before is nothing any more.
    flight.textSoFar = "";
    const chat = (): AsyncIterable<ProviderPart> => {
      asked = { fromChat: true, isEnough: stopper(true) };
      const { modelId } = route;
      return provider.stream({ modelId, messages: prompt.messages, maxOutputTokens, ...windowOf(route) }, options);
    };
    const fim = fills(route, provider) ? (route.fim ?? null) : null;
    if (fim === null || provider.fill === undefined) return listen(chat());
    asked = { fromChat: false, isEnough: stopper(false) };
    const filled = provider.fill(
      {
        modelId: route.modelId,
        wire: fim,
        prefix,
        suffix,
        maxOutputTokens,
        temperature: 0,
        ...windowOf(route),
        // The model's own end costs less than closing its socket. A line that is empty may begin with its end.
        ...(place.lines === "one" && !prompt.isBlankLine ? { stop: ["\n"] } : {}),
      },
      options,
    );
    return listen(fillElseChat(filled, chat, () => fills(route, provider)));
  };

  // A model that was named is never replaced by another; without one, what costs nothing is better than nothing.
  const mayAsk = (route: Route): boolean => inPool(route) && !paused.has(routeName(route));
  const localSteps =
    model === null ? scene.localRoutes.filter(mayAsk).map((route) => ({ route, reason: "free, on this machine" })) : [];
  const mayChat = [...planned.plan, ...localSteps].some(({ route }) => !canFill(route));
  const result = await failover(
    {
      sessionId: COMPLETIONS_SESSION,
      turnId: flight.id,
      kind: "completion",
      workspace: deps.workspace,
      language: flight.spot.languageId,
      steps: planned.plan,
      localSteps,
      // A route that fills may turn out to chat, so money is held for the question in chat, the larger of the two.
      inputTokens: prompt.inputTokens + CHAT_TOKENS,
      askedTokens,
      boundTokens: prompt.boundTokens,
      maxOutputTokens: place.maxOutputTokens + (mayChat ? CHAT_EXTRA_TOKENS : 0),
      leastOutputTokens: LEAST_OUTPUT_TOKENS,
      caps,
      ladder: settings.budget.ladder,
      timeouts: { usual: completionTimeouts, patient: patientCompletionTimeouts, bounds: completionBounds },
      call,
      isEnough() {
        if (!asked.isEnough(flight.textSoFar)) return false;
        land("enough");
        return true;
      },
      acceptsEmpty: true,
    },
    {
      ledger: { ...store.ledger, settle: settleLater(store.ledger) },
      clock: deps.clock,
      random: deps.random,
      createId: deps.createId,
      providerOf: scene.providerOf,
      onLedgerFault: deps.onFault,
      ...(deps.calibration === undefined ? {} : { calibration: deps.calibration }),
      health: deps.health,
      ...(deps.offline === undefined ? {} : { offline: deps.offline }),
      onAttempt(attempt, route) {
        if (attempt.failure !== null) deps.onFault(attempt.failure);
        deps.onAttempt?.(attempt, route);
      },
    },
    () => undefined,
    signal,
  );
  const { workspace } = deps;
  const language = flight.spot.languageId;
  const asCompletion = { requestId: flight.id, kind: "completion", sessionId: COMPLETIONS_SESSION } as const;
  const audited = auditOfWalk(
    {
      ...asCompletion,
      workspace,
      language,
      mode: model ?? "auto",
      classification: complexity,
      plan: planned.plan,
      leftOut: planned.leftOut,
    },
    result,
  );
  if (audited !== null) deps.audit?.ended(audited);
  // A model that wrote on beyond its bound was cut there: what it wrote has landed nowhere yet.
  if (result.state === "done" && flight.landing === null && flight.textSoFar !== "") land("length");
  if (result.state === "failed" && result.failure !== null) {
    if (result.attempts.length === 0) deps.onFault(result.failure);
    const providerId = attemptBehind(result.failure, result.attempts)?.providerId ?? "";
    control.land({
      text: null,
      why: whySilent(result.failure),
      ...(result.failure.kind === "empty" ? {} : { trouble: { failure: result.failure, providerId } }),
    });
  } else control.land({ text: null, why: result.state === "done" ? nothingToSuggest : null });
}

/** Why nothing may be asked in a document: null when it may; `words` is null where that is no news to the person. */
export function obstacleTo(
  { completions, trusted }: Pick<Scene, "completions" | "trusted">,
  facts: { path: string; languageId: string; text: string },
): { words: string | null } | null {
  if (!completions.on || !trusted || !isLanguageOn(completions.languages, facts.languageId)) return { words: null };
  if (!maySend({ path: facts.path, trusted, ignored: false }).ok) return { words: "secret file" };
  return facts.text.length > MOST_CHARACTERS ? { words: "the file is too large" } : null;
}

/** Longer documents are data; VS Code's own limit for most of its services is near this. */
const MOST_CHARACTERS = 2_000_000;

/** The answer is on its way to the editor before the books are written, which may wait for a disk. */
function settleLater(ledger: FailoverDeps["ledger"]): FailoverDeps["ledger"]["settle"] {
  return async (attemptId, settlement) => {
    if (settlement.outcome === "done") await new Promise((resolve) => setImmediate(resolve));
    return ledger.settle(attemptId, settlement);
  };
}

export function fills(route: Route, provider: Provider | null): boolean {
  const fim = route.fim ?? null;
  if (fim === null || provider?.fill === undefined) return false;
  return provider.canFill?.(route.modelId, fim) ?? true;
}

/** A server that says only now that it cannot fill holes, and so has sent nothing, is asked in chat at once. */
export async function* fillElseChat(
  filled: AsyncIterable<ProviderPart>,
  chat: () => AsyncIterable<ProviderPart>,
  stillFills: () => boolean,
): AsyncGenerator<ProviderPart, void, void> {
  let hasText = false;
  try {
    for await (const part of filled) {
      hasText ||= part.type === "text-delta";
      yield part;
    }
    return;
  } catch (error) {
    if (hasText || stillFills()) throw error;
  }
  yield* chat();
}

/** Writes down what comes, and says so when the wire has told the end: nobody waits for the books. */
async function* heard(
  stream: AsyncIterable<ProviderPart>,
  { flight, add }: Pick<FlightControl, "flight" | "add">,
  onFinish: (reason: FinishReason) => void,
): AsyncGenerator<ProviderPart, void, void> {
  for await (const part of stream) {
    if (part.type === "text-delta") add(part.text);
    // Without any text the walk decides what it is: an empty answer, or a refusal.
    if (part.type === "finish" && flight.textSoFar !== "") onFinish(part.reason);
    yield part;
  }
}

function finish({ textSoFar, spot }: Flight, facts: PolishFacts, syntax: Pick<Syntax, "ready">): Landing {
  const polished = polish(textSoFar, facts);
  if (polished.text === null) return { text: null, why: nothingToSuggest };
  const parser = syntax.ready(spot.languageId);
  if (parser === null) return { text: polished.text };
  const { prefix, suffix } = spot;
  const verified = verifyCompletion({ parser, prefix, suffix, text: polished.text });
  return verified.text === null ? { text: null, why: nothingToSuggest } : { text: verified.text };
}

/** Tells the same fault once a minute at most, so that a broken route does not fill the log a letter at a time. */
export function tellOnceAMinute(clock: Clock, tell: (failure: Failure) => void): (failure: Failure) => void {
  const told = new Map<string, number>();
  return (failure) => {
    const ticksMs = clock.ticks();
    const key = `${failure.kind} ${failure.message.replace(/\d+(?:\.\d+)?/g, "0")}`;
    const lastMs = told.get(key);
    if (lastMs !== undefined && ticksMs - lastMs < 60_000) return;
    told.delete(key);
    told.set(key, ticksMs);
    const oldest = told.keys().next();
    if (told.size > MOST_TOLD && oldest.done !== true) told.delete(oldest.value);
    tell(failure);
  };
}

/** Different faults at a time; beyond it the oldest may be told again sooner. */
const MOST_TOLD = 50;
