import { failureOf, isAbort } from "../../shared/failure.ts";
import type { ModelLists } from "../store/model-lists.ts";
import type { KeptList, World } from "./configure.ts";

/** Prices change by the week; a list younger than this is as good as a new one. */
const FRESH_MS = 24 * 3_600_000;
/** A provider that could not be asked is left alone for so long, however often settings change. */
const AGAIN_AFTER_MS = 3_600_000;
/** Nobody waits for it, and it must not stay for ever. */
const PATIENCE_MS = 30_000;

/**
 * Reads lists of models again that are older than a day, one provider after another, and gives true when one of them was
 * replaced. A list that cannot be read leaves the old one; so does one of fewer than half as many models, which is more
 * often a fault of the provider's than news. Never rejects; what went wrong is told to `onFault`.
 */
export function createRefreshLists(deps: {
  world: Pick<World, "withLists">;
  /** null when the store is not open: then nothing is asked. */
  readonly modelLists: Pick<ModelLists, "save"> | null;
  now(): number;
  onFault(message: string): void;
}): (signal: AbortSignal) => Promise<boolean> {
  /** By provider and origin; as many as there are rows in the settings of this run. */
  const triedAtMs = new Map<string, number>();
  let running: Promise<boolean> | null = null;

  const isDue = ({ provider, asOfMs }: KeptList): boolean => {
    const tried = triedAtMs.get(nameOf(provider)) ?? Number.NEGATIVE_INFINITY;
    return deps.now() - asOfMs >= FRESH_MS && deps.now() - tried >= AGAIN_AFTER_MS;
  };

  const refresh = async ({ provider, models }: KeptList, signal: AbortSignal): Promise<boolean> => {
    triedAtMs.set(nameOf(provider), deps.now());
    try {
      const found = await provider.listModels({ signal: AbortSignal.any([signal, AbortSignal.timeout(PATIENCE_MS)]) });
      if (found.length * 2 < models.length) {
        deps.onFault(
          `"${provider.id}" now lists fewer than half of its models (${found.length}, it had ${models.length}): the old list is kept. Run "Wayfare: Add Provider" to take the new one.`,
        );
        return false;
      }
      await deps.modelLists?.save(provider.id, provider.origin, found, deps.now());
      return deps.modelLists !== null;
    } catch (error) {
      if (signal.aborted) return false;
      const why = isAbort(error) ? `no answer in ${PATIENCE_MS / 1_000} s` : failureOf(error).message;
      deps.onFault(`The models of "${provider.id}" could not be read again, and the old list is kept: ${why}`);
      return false;
    }
  };

  return (signal) => {
    running ??= deps.world
      .withLists(async (lists) => {
        let isNew = false;
        if (deps.modelLists === null) return isNew;
        for (const list of lists.filter(isDue)) {
          if (!signal.aborted && (await refresh(list, signal))) isNew = true;
        }
        return isNew;
      })
      .finally(() => {
        running = null;
      });
    return running;
  };
}

function nameOf({ id, origin }: KeptList["provider"]): string {
  return `${id} ${origin}`;
}
