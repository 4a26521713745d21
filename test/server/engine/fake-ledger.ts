import type { Cap } from "../../../server/core/budget.ts";
import { capRefusal } from "../../../server/core/describe-cap.ts";
import { type Failure, FailureError } from "../../../shared/failure.ts";
import type { BudgetWarning, CapState } from "../../../shared/protocol.ts";

type Reserved = {
  attemptId: string;
  heldNano: number;
  leastNano: number;
  caps: readonly Cap[];
  kind: "chat" | "completion" | "helper" | "endpoint";
  workspace: string;
  book: string;
  providerId: string;
};
type Settled = { outcome: string; costNano: number | null; costSource: string; usage: unknown; reason: string };

/**
 * Books in memory that write down every call, and can be made to refuse. Caps hold here as they do in the real ones,
 * but that everything happens in one period.
 */
export function fakeLedger(refuse: { reserve?: Failure; settle?: Failure } = {}) {
  const reserved: Reserved[] = [];
  const settled: (Settled & { attemptId: string })[] = [];
  const noted: { attemptId: string; outputTokens: number }[] = [];
  const generations: { attemptId: string; id: string; origin: string }[] = [];
  const rows = new Map<string, Reserved & { costNano: number | null; isSettled: boolean }>();
  const raised = new Map<string, number>();
  const listeners = new Set<() => void>();
  const marked = new Set<string>();
  /** Called before a reservation is looked at, to let others in between. */
  const hooks: { beforeReserve: (() => void) | null } = { beforeReserve: null };

  const stateOf = (cap: Cap, workspace: string): CapState => {
    const under = [...rows.values()].filter(
      (row) =>
        row.book === "real" &&
        (cap.scope !== "workspace" || row.workspace === workspace) &&
        (cap.scope !== "completions" || row.kind === "completion"),
    );
    const raisedNano = raised.get(cap.id) ?? 0;
    return {
      id: cap.id,
      scope: cap.scope,
      period: cap.period,
      setting: cap.setting,
      raisedNano,
      limitNano: cap.limitNano + raisedNano,
      spentNano: under.reduce((sum, row) => sum + (row.isSettled ? (row.costNano ?? 0) : 0), 0),
      heldNano: under.reduce((sum, row) => sum + (row.isSettled ? 0 : row.heldNano), 0),
    };
  };
  const capStates = (caps: readonly Cap[], workspace: string): CapState[] =>
    caps
      .map((cap) => stateOf(cap, workspace))
      .sort((a, b) => (b.spentNano + b.heldNano) / b.limitNano - (a.spentNano + a.heldNano) / a.limitNano);

  return {
    reserved,
    settled,
    noted,
    generations,
    listeners,
    hooks,
    async reserve(reservation: Reserved): Promise<{ heldNano: number }> {
      if (refuse.reserve) throw new FailureError(refuse.reserve);
      hooks.beforeReserve?.();
      let heldNano = reservation.heldNano;
      if (reservation.book === "real" && heldNano > 0) {
        for (const cap of reservation.caps) {
          const state = stateOf(cap, reservation.workspace);
          const room = state.limitNano - state.spentNano - state.heldNano;
          if (room < reservation.leastNano) {
            const { id, setting, limitNano, spentNano, heldNano: held } = state;
            const neededNano = reservation.leastNano;
            throw new FailureError({
              kind: "budget",
              message: capRefusal({ cap, limitNano, spentNano, heldNano: held, neededNano }),
              cap: { id, setting, limitNano, spentNano, heldNano: held, neededNano },
            });
          }
          heldNano = Math.min(heldNano, room);
        }
      }
      reserved.push({ ...reservation, heldNano });
      rows.set(reservation.attemptId, { ...reservation, heldNano, costNano: null, isSettled: false });
      return { heldNano };
    },
    noteProgress(attemptId: string, progress: { outputTokens: number }): void {
      noted.push({ attemptId, ...progress });
    },
    noteGeneration(attemptId: string, generation: { id: string; origin: string }): void {
      generations.push({ attemptId, ...generation });
    },
    async settle(attemptId: string, settlement: Settled): Promise<void> {
      if (refuse.settle) throw new FailureError(refuse.settle);
      settled.push({ attemptId, ...settlement });
      const row = rows.get(attemptId);
      if (row !== undefined) rows.set(attemptId, { ...row, isSettled: true, costNano: settlement.costNano });
      for (const listener of [...listeners]) listener();
    },
    onSettled(listener: () => void): () => void {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    capStates,
    async raise(cap: Cap, _workspace: string, addNano: number): Promise<void> {
      raised.set(cap.id, (raised.get(cap.id) ?? 0) + addNano);
    },
    async takeWarnings(caps: readonly Cap[], workspace: string, warnAt: readonly number[]): Promise<BudgetWarning[]> {
      return capStates(caps, workspace).flatMap((cap) => {
        const reached = warnAt.filter((percent) => cap.spentNano * 100 >= percent * cap.limitNano);
        const fresh = reached.filter((percent) => !marked.has(`${cap.id} ${percent}`));
        for (const percent of fresh) marked.add(`${cap.id} ${percent}`);
        const percent = fresh.at(-1);
        return percent === undefined ? [] : [{ cap, percent }];
      });
    },
    /** Money that another request holds, or has spent; settle it with `settle`. */
    takeUp(attemptId: string, heldNano: number, extra: Partial<Reserved> = {}): void {
      const row = { attemptId, heldNano, leastNano: heldNano, caps: [], kind: "chat" as const, ...extra };
      rows.set(attemptId, {
        workspace: "w",
        book: "real",
        providerId: "other",
        ...row,
        costNano: null,
        isSettled: false,
      });
    },
  };
}
