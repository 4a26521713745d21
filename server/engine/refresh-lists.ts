import { failureOf, isAbort } from "../../shared/failure.ts";
import { isLoopbackHost } from "../../shared/presets.ts";
import { judgePrices } from "../core/judge-prices.ts";
import type { ModelLists } from "../store/model-lists.ts";
import type { PriceBook } from "../store/price-book.ts";
import type { KeptList, World } from "./configure.ts";

/** Prices change by the week; a list younger than this is as good as a new one. */
export const FRESH_MS = 24 * 3_600_000;
/** A provider that could not be asked is left alone for so long, however often settings change. */
export const AGAIN_AFTER_MS = 3_600_000;
/** A server on this machine may have been started meanwhile, and asking it costs nothing. */
export const SERVER_AGAIN_AFTER_MS = 60_000;
/** Nobody waits for it, and it must not stay for ever. */
export const PATIENCE_MS = 30_000;

export interface RefreshedLists {
  /** Another list is kept now than the one that is in use. */
  isNew: boolean;
  /** What went wrong, and what is not believed, each a sentence. */
  problems: string[];
  /** How many lists were read. */
  read: number;
}

/**
 * Reads lists of models again that are older than a day, and those of servers on this machine that were never read
 * (`now`: all of them), one provider after another. A list that
 * cannot be read leaves the old one; of one that is, what is not plausible is held back (`server/core/judge-prices.ts`) and
 * the rest kept. What another window has read meanwhile is taken as it is. Never rejects.
 */
export function createRefreshLists(deps: {
  world: Pick<World, "withLists">;
  /** null when the store is not open: then nothing is asked. */
  readonly modelLists: Pick<ModelLists, "save" | "read"> | null;
  readonly prices: Pick<PriceBook, "setHeld"> | null;
  now(): number;
}): (when: "due" | "now", signal: AbortSignal) => Promise<RefreshedLists> {
  /** By provider and origin; as many as there are rows in the settings of this run. */
  const triedAtMs = new Map<string, number>();
  let queue: Promise<unknown> = Promise.resolve();

  const isDue = ({ provider, asOfMs }: KeptList): boolean => {
    const tried = triedAtMs.get(nameOf(provider)) ?? Number.NEGATIVE_INFINITY;
    if (asOfMs !== null) return deps.now() - asOfMs >= FRESH_MS && deps.now() - tried >= AGAIN_AFTER_MS;
    // What was never read is asked for unbidden on this machine alone: nobody else knows what a server here runs. Of
    // models elsewhere the price list knows most, and the person may have written them down.
    return isHere(provider) && deps.now() - tried >= SERVER_AGAIN_AFTER_MS;
  };

  const refresh = async (list: KeptList, result: RefreshedLists, signal: AbortSignal): Promise<void> => {
    const { provider } = list;
    triedAtMs.set(nameOf(provider), deps.now());
    try {
      const found = await provider.listModels({ signal: AbortSignal.any([signal, AbortSignal.timeout(PATIENCE_MS)]) });
      result.read += 1;
      const place = isHere(provider) ? "this machine" : "elsewhere";
      const { rows, heldBack } = judgePrices(list.asOfMs === null ? null : list.models, found, place);
      await deps.prices?.setHeld(provider.id, provider.origin, heldBack, deps.now());
      if (heldBack !== null) result.problems.push(heldBackWords(provider.id, heldBack));
      await deps.modelLists?.save(provider.id, provider.origin, rows, deps.now());
      result.isNew ||= deps.modelLists !== null;
    } catch (error) {
      if (signal.aborted) return;
      const why = isAbort(error) ? `no answer in ${PATIENCE_MS / 1_000} s` : failureOf(error).message;
      const what = list.asOfMs === null ? "could not be read" : "could not be read again, and the old list is kept";
      result.problems.push(`The models of "${provider.id}" ${what}: ${why}`);
    }
  };

  return (when, signal) => {
    const run = queue.then(() =>
      deps.world.withLists(async (lists) => {
        const result: RefreshedLists = { isNew: false, problems: [], read: 0 };
        for (const list of deps.modelLists === null ? [] : lists) {
          if (signal.aborted) break;
          if (when === "due" && !isDue(list)) continue;
          const kept = newerOf(list, deps.modelLists);
          if (when === "due" && !isDue(kept)) result.isNew = true;
          else await refresh(kept, result, signal);
        }
        return result;
      }),
    );
    queue = run.catch(() => undefined);
    return run;
  };
}

/** The list as another window has kept it meanwhile, or the same. */
function newerOf(list: KeptList, modelLists: Pick<ModelLists, "read"> | null): KeptList {
  const kept = modelLists?.read(list.provider.id, list.provider.origin) ?? null;
  return kept === null || kept.asOfMs <= (list.asOfMs ?? Number.NEGATIVE_INFINITY) ? list : { ...list, ...kept };
}

function heldBackWords(
  providerId: string,
  held: { why: string | null; changes: { id: string; words: string }[] },
): string {
  if (held.why !== null) {
    return `What "${providerId}" lists now is held back, and the old kept: ${held.why}. Run "Wayfare: Refresh Prices" to see it and to take it.`;
  }
  const [first, ...others] = held.changes;
  const more = others.length === 0 ? "" : ` and ${others.length} more`;
  return `held back: ${providerId}/${first?.id} ${first?.words}${more}. Run "Wayfare: Refresh Prices" to see it and to take it.`;
}

function isHere({ origin }: KeptList["provider"]): boolean {
  return isLoopbackHost(new URL(origin).hostname);
}

function nameOf({ id, origin }: KeptList["provider"]): string {
  return `${id} ${origin}`;
}
