import type { Tier } from "../../shared/answer.ts";
import type { Failure } from "../../shared/failure.ts";
import { whyTierAway } from "../core/bar-routes.ts";
import { placeOf } from "../core/completion-place.ts";
import { CHAT_TOKENS } from "../core/compose-completion.ts";
import { boundTokens, estimateTokens } from "../core/estimate-tokens.ts";
import { fillMessages } from "../core/fim-prompt.ts";
import { isInPool } from "../core/narrow-pool.ts";
import { planCompletion } from "../core/plan-completion.ts";
import type { PlanFacts, PlanResult } from "../core/plan-route.ts";
import { polish } from "../core/polish-completion.ts";
import { type Provider, type ProviderPart, type Route, routeName, type StreamOptions } from "../core/provider.ts";
import type { RelayAsk, RelayRequest } from "../core/relay.ts";
import { holeOf } from "../core/surroundings.ts";
import { worthOfSecondNano } from "../core/weigh-routes.ts";
import { fillElseChat, fills } from "./ask-completion.ts";
import type { Scene } from "./configure.ts";
import { windowOf } from "./failover.ts";
import type { Health } from "./health.ts";
import { unaskedIn } from "./prepare-question.ts";
import type { Prepared } from "./relay.ts";

/** A message around the two sides at worst, for models that only chat. */
const CHAT_BOUND_TOKENS = 24;

type Fill = Extract<RelayAsk, { kind: "fill" }>;

/**
 * A request to go on with a text, or to fill the hole before `suffix`: by a model that fills holes, else by one that is
 * asked in chat. The cheap tier answers unless the client asks for another.
 */
export function fillJob(
  request: RelayRequest,
  { prefix, suffix }: Fill,
  facts: Pick<PlanFacts, "routes" | "mode" | "nowMs" | "caps" | "pool" | "paused"> & {
    scene: Scene;
    health: Pick<Health, "pauses" | "speeds">;
    maxOutputTokens: number;
  },
): Pick<Prepared, "planned" | "why" | "wholeTokens" | "job"> {
  const { scene, health, mode, nowMs, maxOutputTokens, caps = [], pool } = facts;
  const away = mode === "cheap" || mode === "frontier" ? tierAway(mode, facts) : null;
  const routes = pool === undefined ? facts.routes : facts.routes.filter((route) => isInPool(routeName(route), pool));
  const messages = fillMessages({ prefix, suffix, languageId: "text", path: "text", lines: "many" });
  const inputTokens = estimateTokens(prefix) + estimateTokens(suffix) + CHAT_TOKENS;
  const bound = messages.reduce((sum, { text }) => sum + boundTokens(text) + CHAT_BOUND_TOKENS, 0);
  const canFill = (route: Route): boolean => fills(route, scene.providerOf(route));
  const planned = planCompletion({
    routes,
    model: mode.includes("/") ? mode : null,
    canFill,
    isCapped: caps.length > 0,
    inputTokens,
    maxOutputTokens,
    cooling: health.pauses(routes, inputTokens),
    nowMs,
    speeds: health.speeds(routes, { kind: "completion", inputTokens }),
    secondNano: worthOfSecondNano(scene.settings.quality),
    isInvoked: true,
    ...(facts.paused === undefined ? {} : { paused: facts.paused }),
    frontier: mode === "frontier" ? "asked for frontier" : null,
  });
  const sampling = {
    maxOutputTokens,
    ...(request.temperature === undefined ? {} : { temperature: request.temperature }),
    ...(request.stop === undefined ? {} : { stop: request.stop }),
  };
  const call = (provider: Provider, route: Route, most: number, options: StreamOptions) => {
    const bounded = { ...sampling, modelId: route.modelId, maxOutputTokens: most, ...windowOf(route) };
    const chat = (): AsyncIterable<ProviderPart> => {
      const said = provider.stream({ ...bounded, messages }, options);
      return suffix === "" ? said : codeAlone(said, { prefix, suffix });
    };
    const wire = fills(route, provider) ? (route.fim ?? null) : null;
    if (wire === null || provider.fill === undefined) return chat();
    const filled = provider.fill({ ...bounded, wire, prefix, suffix }, options);
    return fillElseChat(filled, chat, () => fills(route, provider));
  };
  return {
    planned: away ?? planOf(planned),
    why: planned.ok ? (planned.plan[0]?.reason ?? "") : "",
    wholeTokens: inputTokens,
    job: {
      inputTokens,
      boundTokens: bound,
      maxOutputTokens,
      leastOutputTokens: Math.min(maxOutputTokens, LEAST_OUTPUT_TOKENS),
      call,
      acceptsEmpty: true,
    },
  };
}

/**
 * What a model that chats says of a hole, without its words and fences around the code: as ghost text is cleaned. It is
 * given as a whole, for what is to go is known at the end.
 */
async function* codeAlone(
  said: AsyncIterable<ProviderPart>,
  { prefix, suffix }: { prefix: string; suffix: string },
): AsyncGenerator<ProviderPart, void, void> {
  let text = "";
  for await (const part of said) {
    if (part.type === "text-delta") {
      text += part.text;
      // Something comes, and whoever waits for it is told so.
      yield { type: "activity" };
      continue;
    }
    if ((part.type === "usage" || part.type === "finish") && text !== "") {
      const finished = part.type === "finish" && part.reason === "length" ? "length" : "stop";
      const languageId = "";
      const place = placeOf({
        text: prefix + suffix,
        offset: prefix.length,
        languageId,
        syntax: null,
        isInvoked: true,
      });
      const hole = holeOf({ prefix, suffix, languageId, place });
      const { text: code } = polish(text, { hole, eol: "\n", finished, fromChat: true });
      yield { type: "text-delta", text: code ?? text };
      text = "";
    }
    yield part;
  }
}

function tierAway(tier: Tier, { scene, routes }: { scene: Scene; routes: readonly Route[] }): PlanResult | null {
  const failure = whyTierAway(tier, { ...unaskedIn(scene), routes, mode: tier, inputTokens: 0, maxOutputTokens: 0 });
  return failure === null ? null : { ok: false, failure };
}

/** Less than this completes nothing. */
const LEAST_OUTPUT_TOKENS = 16;

function planOf(planned: ReturnType<typeof planCompletion>): PlanResult {
  if (!planned.ok) {
    const failure: Failure = {
      kind: "setup",
      field: "model",
      message: `No model can complete this: ${planned.why}. Ask for another model, or look at the routes.`,
    };
    return { ok: false, failure };
  }
  const { plan, leftOut } = planned;
  const [first] = plan;
  return { ok: true, plan, leftOut, tier: first?.route.tier ?? "cheap", why: first?.reason ?? "" };
}
