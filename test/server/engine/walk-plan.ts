import type { Route } from "../../../server/core/provider.ts";
import type { Calibration } from "../../../server/engine/calibration.ts";
import { type FailoverJob, type FailoverResult, failover } from "../../../server/engine/failover.ts";
import type { Health } from "../../../server/engine/health.ts";
import type { Offline } from "../../../server/engine/offline.ts";
import type { Failure } from "../../../shared/failure.ts";
import type { AskPart } from "../../../shared/protocol.ts";
import { createFakeClock, type FakeClock } from "./fake-clock.ts";
import { fakeLedger } from "./fake-ledger.ts";
import { routeOf, type ScriptedProvider, type Step, scriptedProvider } from "./scripted-provider.ts";

export type Scripts = Record<string, readonly (readonly Step[])[]>;
interface Setup {
  routes?: Route[];
  onAttempt?: () => void;
  refuse?: { reserve?: Failure; settle?: Failure };
  /** What the walk is told beside the usual. */
  job?: Partial<FailoverJob>;
  ledger?: ReturnType<typeof fakeLedger>;
  clock?: FakeClock;
  calibration?: Calibration;
  health?: Health;
  offline?: Offline;
}

/** One walk over providers a, b, c …, in the order of their names in `scripts`. */
export function walk(scripts: Scripts, { routes, refuse, onAttempt, job, ...given }: Setup = {}) {
  const clock = given.clock ?? createFakeClock();
  const ledger = given.ledger ?? fakeLedger(refuse);
  const cancel = new AbortController();
  const emitted: AskPart[] = [];
  const faults: Failure[] = [];
  const providers = new Map<string, ScriptedProvider>();
  for (const [id, each] of Object.entries(scripts)) providers.set(id, scriptedProvider(clock, each, id));
  let ids = 0;
  const plan = routes ?? Object.keys(scripts).map((id) => routeOf(id));
  const result: Promise<FailoverResult> = failover(
    {
      sessionId: "s",
      turnId: "t",
      kind: "chat",
      workspace: "w",
      steps: plan.map((route) => ({ route, reason: `because ${route.providerId}` })),
      messages: [{ role: "user", text: "why?" }],
      inputTokens: 100,
      boundTokens: 150,
      maxOutputTokens: 4_096,
      leastOutputTokens: 1_024,
      caps: [],
      ladder: [],
      ...job,
    },
    {
      ledger,
      clock,
      random: () => 0.5,
      createId: () => `attempt-${++ids}`,
      providerOf: (route) => providers.get(route.providerId) ?? null,
      ...(onAttempt === undefined ? {} : { onAttempt }),
      ...(given.health === undefined ? {} : { health: given.health }),
      ...(given.offline === undefined ? {} : { offline: given.offline }),
      ...(given.calibration === undefined ? {} : { calibration: given.calibration }),
      onLedgerFault: (failure) => faults.push(failure),
    },
    (part) => emitted.push(part),
    cancel.signal,
  );
  const provider = (id: string): ScriptedProvider => {
    const found = providers.get(id);
    if (found === undefined) throw new Error(`no ${id}`);
    return found;
  };
  return { clock, ledger, cancel, emitted, faults, provider, result };
}
