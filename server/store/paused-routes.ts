import * as z from "zod";
import { routeName } from "../core/provider.ts";
import type { Database } from "./database.ts";

/** Routes that the person paused, in every window of the host and until they resume them. One row a click of theirs. */
export interface PausedRoutes {
  /** By `routeName`, as they are now: what another window paused is among them. Throws a ledger failure. */
  names(): ReadonlySet<string>;
  /** Rejects with a ledger failure. */
  set(route: { providerId: string; modelId: string }, paused: boolean, nowMs: number): Promise<void>;
}

export function createPausedRoutes(database: Database): PausedRoutes {
  const list = database.prepare("SELECT provider_id, model_id FROM paused_routes");
  const insert = database.prepare("INSERT OR IGNORE INTO paused_routes VALUES (?, ?, ?)");
  const remove = database.prepare("DELETE FROM paused_routes WHERE provider_id = ? AND model_id = ?");

  return {
    names() {
      const rows = rowsSchema.parse(database.read(() => list.all()));
      return new Set(
        rows.map(({ provider_id, model_id }) => routeName({ providerId: provider_id, modelId: model_id })),
      );
    },
    async set({ providerId, modelId }, paused, nowMs) {
      await database.write("normal", () => {
        if (paused) insert.run(providerId, modelId, nowMs);
        else remove.run(providerId, modelId);
      });
    },
  };
}

const rowsSchema = z.array(z.object({ provider_id: z.string(), model_id: z.string() }));
