import type { CancellationToken } from "vscode";
import type { Failure } from "../shared/failure.ts";
import { presets } from "../shared/presets.ts";
import type { TestConnectionParams, TestConnectionResult } from "../shared/protocol.ts";
import { type RefusedDeps, sayRefused } from "./say-refused.ts";

/** What a dialog needs to try a provider before anything of it is written. */
export interface TryDeps extends RefusedDeps {
  testConnection(params: TestConnectionParams, token: CancellationToken): Promise<TestConnectionResult>;
}

export type Tested = TestConnectionResult & { ok: true };

/** A button that leads back to what was entered: `forKey` stands first where the key was refused. */
export interface WayBack {
  words: string;
  isForKey: boolean;
}

/** What came of it: what the provider answered, a button of `waysBack`, kept untried, or left. */
export type Tried =
  | { state: "answered"; result: Tested }
  | { state: "back"; words: string }
  | { state: "kept" }
  | { state: "left" };

export const keepAnyway = "Keep It Anyway";
const tryAgain = "Try Again";
const nameModels = "Name Its Models";

/**
 * Asks a provider for its models with these settings, and where that fails says why in the provider's own words, with
 * what can be done. `mayKeep`: what cannot be tried now (no network) may be kept all the same. `mayName`: where something
 * answers and has no list of models, they can be written by hand; untried, and only on the person's word.
 */
export async function tryProvider(
  params: TestConnectionParams,
  deps: TryDeps,
  { waysBack, keeping }: { waysBack: readonly WayBack[]; keeping: "mayKeep" | "mayName" | "mustAnswer" },
): Promise<Tried> {
  const { dialog } = deps;
  const { label } = presets[params.preset];
  for (;;) {
    const result = await dialog.wait(`Asking ${label} for its models…`, (token) =>
      deps.testConnection(params, token).catch((error: unknown): TestConnectionResult => {
        const message = error instanceof Error ? error.message : String(error);
        return { ok: false, failure: { kind: "internal", message } };
      }),
    );
    if (result === null) return { state: "left" };
    if (result.ok) return { state: "answered", result };
    const isKeyRefused = result.failure.kind === "auth";
    const isUnlisted = keeping === "mayName" && hasNoList(result.failure);
    const first = isKeyRefused ? waysBack.filter(({ isForKey }) => isForKey) : [];
    const others = waysBack.filter((way) => !first.includes(way));
    const actions = [
      ...first.map(({ words }) => words),
      ...(isUnlisted ? [nameModels] : []),
      tryAgain,
      ...others.map(({ words }) => words),
      ...(keeping === "mayKeep" ? [keepAnyway] : []),
    ];
    const withWhat = withWords(params.key, waysBack);
    const picked = await sayRefused(result.failure, { ...params, withWhat, actions }, deps);
    if (picked === nameModels) return { state: "answered", result: withoutList(params) };
    if (picked === keepAnyway) return { state: "kept" };
    if (picked === undefined) return { state: "left" };
    if (picked !== tryAgain) return { state: "back", words: picked };
  }
}

/** What can be mended on the way back. */
function withWords(key: string | null, waysBack: readonly WayBack[]): string {
  if (waysBack.length > 1) return " with these settings";
  return key !== null && waysBack[0]?.isForKey === true ? " with this key" : "";
}

/** Something is there, and has nothing at the path of the list. */
function hasNoList(failure: Failure): boolean {
  return failure.kind === "not-an-api" && (failure.status === 404 || failure.status === 405);
}

function withoutList({ baseUrl, preset }: TestConnectionParams): Tested {
  const given = baseUrl ?? presets[preset].baseUrl ?? "";
  return { ok: true, baseUrl: given, models: [], tiers: { cheap: [], frontier: [] }, elapsedMs: 0 };
}
