import { type Failure, FailureError } from "../../../shared/failure.ts";

type Reserved = { attemptId: string; heldNano: number; book: string; providerId: string };
type Settled = { outcome: string; costNano: number | null; costSource: string; usage: unknown; reason: string };

/** Books in memory that write down every call, and can be made to refuse. */
export function fakeLedger(refuse: { reserve?: Failure; settle?: Failure } = {}) {
  const reserved: Reserved[] = [];
  const settled: (Settled & { attemptId: string })[] = [];
  const noted: { attemptId: string; outputTokens: number }[] = [];
  return {
    reserved,
    settled,
    noted,
    async reserve(reservation: Reserved): Promise<void> {
      if (refuse.reserve) throw new FailureError(refuse.reserve);
      reserved.push(reservation);
    },
    noteProgress(attemptId: string, progress: { outputTokens: number }): void {
      noted.push({ attemptId, ...progress });
    },
    async settle(attemptId: string, settlement: Settled): Promise<void> {
      if (refuse.settle) throw new FailureError(refuse.settle);
      settled.push({ attemptId, ...settlement });
    },
  };
}
