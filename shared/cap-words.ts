import { formatUsd, type NanoUsd, usdFromNano } from "./money.ts";
import type { CapState } from "./protocol.ts";

/** A cap in the middle of a sentence: "this workspace's $1.00 a day"; of another tool's book "this book's". */
export function describeCap(cap: Pick<CapState, "scope" | "period" | "limitNano" | "isOfBook">): string {
  const of = cap.isOfBook === true ? "this book's" : whose[cap.scope];
  return `${of} ${capUsd(cap.limitNano)} ${howOften[cap.period]}`;
}

const whose = { global: "your", workspace: "this workspace's", completions: "the completions'" } as const;
/** How long a cap counts, behind a sum. */
export const howOften = { daily: "a day", weekly: "a week", monthly: "a month", total: "in total" } as const;

const scopes = { global: "All workspaces", workspace: "This workspace", completions: "Completions" } as const;

/** "This workspace, a day". */
export function capName({ scope, period }: Pick<CapState, "scope" | "period">): string {
  return `${scopes[scope]}, ${howOften[period]}`;
}

/** A cap of some workspace by its id, "workspace.daily": "One workspace, a day". An id that nothing is known of is left as it is. */
export function capIdName(id: string): string {
  const [scope = "", period = ""] = id.split(".");
  const [whose, often] = [
    Object.entries(scopes).find(([name]) => name === scope),
    Object.entries(howOften).find(([name]) => name === period),
  ];
  if (whose === undefined || often === undefined) return id;
  return `${scope === "workspace" ? "One workspace" : whose[1]}, ${often[1]}`;
}

/** Per cent of a cap at which the chat page speaks of it; put away at one, it comes back at the next. */
export const noticeMarks: readonly number[] = [50, 80, 90, 100];

/** A limit as a person writes one, with cents at least: $1.00, $0.01, $0.005. */
export function capUsd(nano: NanoUsd): string {
  const usd = usdFromNano(nano);
  if (nano === 0 || usd >= 1 || nano < 50_000) return formatUsd(nano);
  return `$${usd.toFixed(4).replace(/0{1,2}$/, "")}`;
}
