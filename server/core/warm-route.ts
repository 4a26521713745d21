import type { Turn } from "../../shared/answer.ts";
import { routeName } from "./provider.ts";

/** Vendors keep a prompt for five minutes after it was last used, the shortest that any of them documents. */
const KEPT_MS = 300_000;

/**
 * The route whose vendor most likely still has this conversation cached, and how many tokens of it: the one that answered
 * last, where its own count showed that it caches at all, for five minutes. `earlier` is oldest first. null: none.
 */
export function warmRoute(earlier: readonly Turn[], nowMs: number): { name: string; cachedTokens: number } | null {
  const attempt = earlier.at(-1)?.decision?.attempts.findLast(({ outcome }) => outcome === "done");
  if (attempt === undefined || attempt.usage === null) return null;
  const { input, cacheRead, cacheWrite } = attempt.usage;
  const endedAtMs = attempt.startedAtMs + attempt.durationMs;
  const isKept = cacheRead + cacheWrite > 0 && nowMs >= endedAtMs && nowMs - endedAtMs < KEPT_MS;
  if (!isKept) return null;
  // A vendor that writes keeps what was marked for it alone; the others keep all that they have read.
  return { name: routeName(attempt), cachedTokens: cacheWrite > 0 ? cacheRead + cacheWrite : input + cacheRead };
}
