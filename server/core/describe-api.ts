import type { Finding, PaidOffer } from "../../shared/doctor.ts";
import type { Failure, FailureKind } from "../../shared/failure.ts";
import { formatNeedUsd, formatUsd } from "../../shared/money.ts";
import type { PresetId } from "../../shared/settings.ts";
import { brokenBy, command, setting } from "./mend-failure.ts";

/** What a provider's API said to questions that cost nothing. */
export interface ApiSeen {
  key: /** None is set. by: the list of models came without one, or an empty question was refused for being empty. */
    | { kind: "none needed"; by: "list" | "empty question" }
    /** by: the list of models, the vendor's own page for keys, or an empty question, which was refused for being empty. */
    | { kind: "accepted"; by: "list" | "key page" | "empty question" }
    /** Nothing that is free tells. */
    | { kind: "not shown" }
    | { kind: "failed"; failure: Failure };
  models:
    | { kind: "listed"; ids: readonly string[] }
    /** It answers questions and has no list. */
    | { kind: "no list" }
    | { kind: "failed"; failure: Failure };
  /** What its clock said, and ours at that moment, in milliseconds since 1970; null: it did not tell. */
  date: { theirsMs: number; oursMs: number } | null;
}

/** What is set up of a provider's models: each named by a tier, a mode or the completions. */
export interface ModelUse {
  modelId: string;
  isPriced: boolean;
}

/** A model that was refused lately for the key's sake, and why in a few words: "out of credit". */
export interface KeyTrouble {
  modelId: string;
  why: string;
}

/** Whether the key is accepted. What questions that cost came to lately counts for more than what free ones show. */
export function keyFinding(key: ApiSeen["key"], preset: PresetId, troubles: readonly KeyTrouble[] = []): Finding {
  const shown = freelyShown(key, preset);
  const [first] = troubles;
  if (first === undefined || shown.state === "broken") return shown;
  const rests = troubles.length === 1 ? "It rests." : "They rest.";
  return {
    state: "broken",
    seen: `${shown.seen} But when ${names(troubles)} ${troubles.length === 1 ? "was" : "were"} asked last: ${first.why}. ${rests}`,
    advice: null,
    ways: [command("changeKey"), command("showRoutes")],
  };
}

function freelyShown(key: ApiSeen["key"], preset: PresetId): Finding {
  switch (key.kind) {
    case "none needed":
      return key.by === "empty question"
        ? ok(
            "None is set, and none is needed: an empty question was refused for being empty, and not for want of a key.",
          )
        : {
            state: "skipped",
            seen: "None is set. The list of models asks for none; whether an answer does was not tried. A tiny answer, below, tells.",
            advice: null,
            ways: [],
          };
    case "accepted":
      return ok(`The provider accepts it${accepted[key.by]}.`);
    case "not shown":
      return {
        state: "skipped",
        seen: "What can be asked for nothing is answered whatever the key is. A tiny answer, below, tells.",
        advice: null,
        ways: [],
      };
    case "failed":
      if (isAboutKey(key.failure)) return brokenBy(key.failure, preset);
      return {
        state: "skipped",
        seen: unanswered.has(key.failure.kind)
          ? "It could not be tried, for the provider did not answer."
          : "What the provider answered, below, tells nothing of the key.",
        advice: null,
        ways: [],
      };
  }
}

const accepted = {
  list: ": it gave its list of models for it",
  "key page": ": it was asked about the key alone",
  "empty question": ": an empty question was refused for being empty, and not for its key",
} as const;

const unanswered: ReadonlySet<FailureKind> = new Set(["network", "silence", "stall", "setup", "internal"]);

/** A list that cannot be had for the key's sake is the key's matter. */
export function isAboutKey(failure: Failure): boolean {
  return failure.kind === "auth" || failure.kind === "quota" || (failure.kind === "setup" && failure.field === "key");
}

/** Another key would do: not where the account has no credit, nor where a 403 refuses a place or a project. */
function isForKeyItself(failure: Failure): boolean {
  return failure.kind === "setup" || (failure.kind === "auth" && failure.status === 401);
}

/** At most so many models are named in a sentence. */
const MOST_NAMED = 4;

/** The list, whether what is set up stands in it, and whose prices are known. `isCapped`: some cap holds. */
export function modelsFinding(
  models: ApiSeen["models"],
  { uses, preset, isCapped }: { uses: readonly ModelUse[]; preset: PresetId; isCapped: boolean },
): Finding {
  if (models.kind === "failed") {
    if (!isAboutKey(models.failure)) return brokenBy(models.failure, preset);
    const seen = isForKeyItself(models.failure)
      ? "The list is not given without a key that is accepted."
      : "The list was not given, for the reason at the key, above.";
    return { state: "skipped", seen, advice: null, ways: [] };
  }
  const listed = models.kind === "listed" ? new Set(models.ids) : null;
  const missing = listed === null || listed.size === 0 ? [] : uses.filter(({ modelId }) => !listed.has(modelId));
  const unpriced = uses.filter(({ isPriced }) => !isPriced);
  const count = listed?.size ?? 0;
  const has =
    listed === null
      ? "It has no list of models, and answers questions; names are taken as they are written."
      : count === 0
        ? "Its list of models is empty; names are taken as they are written."
        : `It lists ${count} ${count === 1 ? "model" : "models"}.`;
  const seen = [
    has,
    uses.length === 0 ? "None of its models is in a tier." : "",
    missing.length > 0 ? `Not in the list: ${names(missing)}.` : "",
    unpriced.length > 0 ? `No price is known of ${names(unpriced)}.` : "",
    uses.length > 0 && missing.length + unpriced.length === 0 ? fineWords(uses.length, count > 0) : "",
  ].filter((part) => part !== "");
  const advice = [
    missing.length > 0
      ? "Correct the names in wayfare.tiers, or take others; a gateway may know names it does not list."
      : "",
    unpriced.length > 0
      ? isCapped
        ? "Under a cap a model without a price is not asked: write its price in wayfare.providers."
        : "Its costs are shown as ?: write its price in wayfare.providers."
      : "",
    uses.length === 0 ? "Put one into wayfare.tiers, or remove the provider." : "",
  ].filter((part) => part !== "");
  const ways = [
    ...(missing.length > 0 || uses.length === 0 ? [setting("wayfare.tiers")] : []),
    ...(unpriced.length > 0 ? [setting("wayfare.providers"), command("refreshPrices")] : []),
  ];
  const isFine = advice.length === 0;
  return { state: isFine ? "ok" : "warning", seen: seen.join(" "), advice: isFine ? null : advice.join(" "), ways };
}

function fineWords(count: number, isListed: boolean): string {
  const prices = count === 1 ? "price of the one set up is" : `prices of all ${count} set up are`;
  return isListed ? `All that is set up is in it, and the ${prices} known.` : `The ${prices} known.`;
}

function names(uses: readonly Pick<ModelUse, "modelId">[]): string {
  const more = uses.length - MOST_NAMED;
  const named = uses.slice(0, MOST_NAMED).map(({ modelId }) => modelId);
  return `${named.join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}

/** What came of a question that cost something; `costNano` null: its price is not known. */
export interface CallSeen {
  ok: boolean;
  firstTokenMs: number | null;
  costNano: number | null;
  failure: Failure | null;
}

/** Before it is allowed. An offer of null says why in `why`; of a model that is in no tier, `inTier` is false. */
export function offerFinding(offer: PaidOffer | null, { why, inTier }: { why: string; inTier: boolean }): Finding {
  const model = `${offer?.modelId}${inTier ? "" : ", which is in no tier,"}`;
  const seen =
    offer === null
      ? why
      : offer.boundNano === 0
        ? `Not asked. One word of ${model} costs nothing.`
        : `Not asked. One word of ${model} costs at most ${formatNeedUsd(offer.boundNano)}, and is sent only when you allow it.`;
  return { state: "skipped", seen, advice: null, ways: [] };
}

export function callFinding({ ok: isOk, firstTokenMs, costNano, failure }: CallSeen, preset: PresetId): Finding {
  if (failure !== null) return brokenBy(failure, preset);
  if (!isOk) return { state: "broken", seen: "No answer came.", advice: null, ways: [command("showLog")] };
  const first = firstTokenMs === null ? "" : ` after ${Math.round(firstTokenMs)} ms`;
  const cost =
    costNano === null ? "an unknown sum, for its price is not known" : costNano === 0 ? "nothing" : formatUsd(costNano);
  return ok(`It answered${first}, and cost ${cost}.`);
}

function ok(seen: string): Finding {
  return { state: "ok", seen, advice: null, ways: [] };
}
