import { format, parse } from "./duration.ts";

export interface Job<T> {
  name: string;
  /** Such as "30s" or "1m30s". */
  timeout?: string;
  run(signal: AbortSignal): Promise<T>;
}

export type Outcome<T> = { name: string; tookMs: number } & ({ ok: true; value: T } | { ok: false; error: unknown });

const DEFAULT_MS = 30_000;

export async function runAll<T>(jobs: readonly Job<T>[], limit: number): Promise<Outcome<T>[]> {
  const outcomes: Outcome<T>[] = [];
  let next = 0;
  async function worker(): Promise<void> {
    while (next < jobs.length) {
      const index = next++;
      outcomes[index] = await runOne(jobs[index]);
    }
  }
  await Promise.all(Array.from({ length: Math.min(limit, jobs.length) }, worker));
  return outcomes;
}

async function runOne<T>(job: Job<T>): Promise<Outcome<T>> {
  const started = Date.now();
  const signal = AbortSignal.timeout(timeoutOf(job));
  try {
    const value = await job.run(signal);
    return { name: job.name, tookMs: Date.now() - started, ok: true, value };
  } catch (error) {
    return { name: job.name, tookMs: Date.now() - started, ok: false, error };
  }
}

function timeoutOf(job: Job<unknown>): number {
  try {
    return parse(job.timeout ?? format(DEFAULT_MS));
  } catch {
    return DEFAULT_MS;
  }
}
