/** What "Wayfare: Doctor" checks and finds: rows that both processes make and the page shows. */

/** waiting: not begun; checking: under way; skipped: it could not or need not be checked, and `seen` says why. */
export const doctorStates = ["waiting", "checking", "ok", "warning", "broken", "skipped"] as const;
export type DoctorState = (typeof doctorStates)[number];

/** Commands that mend something: Wayfare's, without the `wayfare.`, and the editor's own for the trust in a workspace. */
export const mendingCommands = [
  "addProvider",
  "changeKey",
  "restartServer",
  "showLog",
  "showRoutes",
  "showCosts",
  "startAnew",
  "refreshPrices",
  "turnOnCompletions",
  "manageTrust",
  "enterPassphrase",
  "editProvider",
] as const;
export type MendingCommand = (typeof mendingCommands)[number];

/** One thing to do about a finding, as it reads on a button. Links are https. */
export type Way =
  | { kind: "command"; words: string; command: MendingCommand }
  | { kind: "setting"; words: string; setting: string }
  | { kind: "link"; words: string; url: string };

/** What a check came to. Sentences, without keys or credentials. */
export interface Finding {
  state: DoctorState;
  /** What was seen; "" while nothing was. */
  seen: string;
  /** What to do about it; null: nothing. */
  advice: string | null;
  ways: Way[];
}

/** A request that costs, which the person may allow. */
export interface PaidOffer {
  providerId: string;
  modelId: string;
  /** The most it can cost. */
  boundNano: number;
}

export interface DoctorRow extends Finding {
  /** Unique, and the same in each run: `ledger`, `provider openai key`. */
  id: string;
  /** The heading it stands under. */
  group: string;
  title: string;
  /** Only where something that costs can be asked. */
  offer?: PaidOffer;
}

/** What Wayfare checks of itself and its surroundings, in the order in which it is shown, after the providers. */
export const generalChecks = [
  "ledger",
  "clock",
  "settings",
  "ignored",
  "others",
  "versions",
  "caps",
  "endpoint",
  "trust",
] as const;
export type GeneralCheck = (typeof generalChecks)[number];

/** What is checked of each provider, in this order. */
export const providerChecks = ["address", "reach", "tls", "proxy", "key", "models", "call"] as const;
export type ProviderCheck = (typeof providerChecks)[number];

export const generalGroup = "Wayfare on this machine";

export const checkTitles: Readonly<Record<GeneralCheck | ProviderCheck, string>> = {
  address: "Address",
  reach: "Connection",
  tls: "Certificate",
  proxy: "Way out",
  key: "Key",
  models: "Models",
  call: "A tiny answer",
  ledger: "Books",
  clock: "Clock",
  settings: "Settings",
  ignored: "Settings left out",
  others: "Other completions",
  versions: "Versions",
  caps: "Caps",
  endpoint: "Local endpoint",
  trust: "Workspace trust",
};

export function providerRowId(providerId: string, check: ProviderCheck): string {
  return `provider ${providerId} ${check}`;
}

/** A row before its check has begun. */
export function waitingRow(id: string, group: string, check: GeneralCheck | ProviderCheck): DoctorRow {
  return { id, group, title: checkTitles[check], state: "waiting", seen: "", advice: null, ways: [] };
}

/** Providers first, as they came, then what is checked of Wayfare, in its order. */
export function inOrder(rows: Iterable<DoctorRow>): DoctorRow[] {
  const all = [...rows];
  const general = generalChecks.flatMap((check) => all.filter(({ id }) => id === check));
  return [...all.filter((row) => !general.includes(row)), ...general];
}

/** How many rows are in which state: "2 broken, 1 warning, 12 in order". "" where none has ended. */
export function sumUp(rows: readonly Pick<DoctorRow, "state">[]): string {
  const count = (state: DoctorState) => rows.filter((row) => row.state === state).length;
  const [broken, warning, ok, skipped] = [count("broken"), count("warning"), count("ok"), count("skipped")];
  return [
    broken > 0 ? `${broken} broken` : "",
    warning > 0 ? `${warning} ${warning === 1 ? "warning" : "warnings"}` : "",
    ok > 0 ? `${ok} in order` : "",
    skipped > 0 ? `${skipped} not checked` : "",
  ]
    .filter((part) => part !== "")
    .join(", ");
}
