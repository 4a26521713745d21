import { waitWords } from "../../shared/wait-words.ts";
import type { Upstream } from "./error-upstream.ts";

/** What to do about an error, as the last sentence of what a person reads. Of two accounts it names the one that is meant. */

export function mendAuth(upstream: Upstream | null, host: string): string {
  if (upstream === null) return 'Run "Wayfare: Change Key".';
  const name = nameOf(upstream);
  if (upstream.account === "sent") return `The key is meant to be one of ${name}: run "Wayfare: Change Key".`;
  if (upstream.account === "gateway") return notYours(upstream, host);
  return `Mend the key of ${name} that is kept at ${host}; your key for ${host} was accepted.`;
}

export function mendQuota(upstream: Upstream | null, host: string): string {
  if (upstream === null) return "Add credit or raise the limit there.";
  if (upstream.account === "gateway") return notYours(upstream, host);
  return `Add credit or raise the limit at ${nameOf(upstream)}; the account at ${host} is not meant.`;
}

export function mendAccess(upstream: Upstream | null, host: string): string {
  if (upstream === null) return "Ask for access there, or choose another model in wayfare.tiers.";
  if (upstream.account === "gateway") return notYours(upstream, host);
  return `Ask for access at ${nameOf(upstream)}, whose account is meant and not the one at ${host}, or choose another model in wayfare.tiers.`;
}

/** `retryAfterMs`: null where no time was named. */
export function mendRate(retryAfterMs: number | null, upstream: Upstream | null, host: string): string {
  const when = retryAfterMs === null ? "Ask again in a while" : `Again in ${waitWords(retryAfterMs)}`;
  if (upstream === null) return `${when}, or choose another model.`;
  const whose =
    upstream.account === "gateway"
      ? `${host} shares its limit there`
      : `the limit is that of the account at ${nameOf(upstream)}`;
  return `${when}, or choose another model: ${whose}.`;
}

export function mendModel(words: string, modelId: string): string {
  if (/pulling it first/i.test(words)) return `Run "ollama pull ${modelId}", or correct the name in wayfare.tiers.`;
  if (/have access|inaccessible|unable to access/i.test(words)) {
    return "Correct the name in wayfare.tiers, or ask for access there.";
  }
  return "Correct the name in wayfare.tiers.";
}

function notYours(upstream: Upstream, host: string): string {
  return `That is the account of ${host} at ${nameOf(upstream)}, not yours: choose another model, or tell ${host}.`;
}

function nameOf({ name }: Upstream): string {
  return name ?? "the vendor";
}
