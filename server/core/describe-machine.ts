import { capName, capUsd } from "../../shared/cap-words.ts";
import type { Finding, Way } from "../../shared/doctor.ts";
import type { Failure } from "../../shared/failure.ts";
import { formatUsd } from "../../shared/money.ts";
import type { CapState } from "../../shared/protocol.ts";
import { presetIds, type SettingProblem } from "../../shared/settings.ts";
import { brokenBy, command, setting } from "./mend-failure.ts";
import { presetChoice } from "./read-providers.ts";

/** What was seen of the books. */
export interface BooksSeen {
  path: string;
  /** Of the file and its log. */
  bytes: number;
  /** How many steps of the schema the file has seen, and how many there are. */
  schema: number;
  newestSchema: number;
  /** Why nothing could be written just now, or null. */
  unwritable: Failure | null;
  /** none: every page was read and is sound; unread: it was not looked through, `why` in words. */
  damage: { kind: "none" } | { kind: "found"; words: string } | { kind: "unread"; why: string };
  /** Older books that were damaged and set aside: names of files, and whether caps count without what they held. */
  setAside: readonly { name: string; isSettled: boolean }[];
  /** The kind of network drive they lie on, or null. */
  drive: string | null;
}

/** The books as they are, or why they are not open. */
export function booksFinding(seen: BooksSeen | { failure: Failure }): Finding {
  if ("failure" in seen) return brokenBy(seen.failure, null);
  const { path, bytes, schema, newestSchema, unwritable, damage, setAside, drive } = seen;
  const what = `${path}: ${size(bytes)}, schema ${schema} of ${newestSchema}`;
  if (unwritable !== null) return { ...brokenBy(unwritable, null), seen: `${what}. ${unwritable.message}` };
  if (damage.kind === "found") {
    return {
      state: "broken",
      seen: `${what}. It is damaged: ${damage.words}.`,
      advice:
        "It is written no more. Restart the server: what can be read of it is taken over into new books, and the old file is kept beside them.",
      ways: [command("restartServer")],
    };
  }
  const sound = damage.kind === "none" ? "every page was read and is sound" : `not looked through, ${damage.why}`;
  const says = `${what}; it can be written, and ${sound}.`;
  const open = setAside.filter(({ isSettled }) => !isSettled);
  if (open.length > 0) {
    return {
      state: "warning",
      seen: says,
      advice: `Books were damaged and set aside (${open.map(({ name }) => name).join(", ")}), and what they had counted under the caps is not known: until you start anew, nothing that costs is sent under those caps.`,
      ways: [command("startAnew")],
    };
  }
  if (drive !== null) {
    return {
      state: "warning",
      seen: says,
      advice: `They lie on a network drive (${drive}): windows of another machine there could share them, and their locks may not hold.`,
      ways: [],
    };
  }
  return ok(
    setAside.length === 0
      ? says
      : `${says} Damaged ones were set aside earlier: ${setAside.map(({ name }) => name).join(", ")}.`,
  );
}

function size(bytes: number): string {
  return bytes < 1_000_000 ? `${Math.max(1, Math.round(bytes / 1_000))} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}

/** A clock this far off makes days, prices by the hour and certificates wrong. */
const MOST_SKEW_MS = 120_000;

/** This machine's clock beside a provider's; `date` null: no provider told. */
export function clockFinding(date: { theirsMs: number; oursMs: number; host: string } | null): Finding {
  if (date === null) {
    return { state: "skipped", seen: "No provider's answer told the time to compare with.", advice: null, ways: [] };
  }
  const skewMs = date.oursMs - date.theirsMs;
  const off = Math.abs(skewMs);
  // A date of HTTP is whole seconds, and travels for a while.
  if (off <= MOST_SKEW_MS) return ok(`Right to within ${Math.max(2, Math.ceil(off / 1_000))} s, by ${date.host}.`);
  return {
    state: "warning",
    seen: `It is ${duration(off)} ${skewMs > 0 ? "ahead of" : "behind"} ${date.host}.`,
    advice: "Set this machine's clock by the network: days of spending, prices by the hour and certificates go by it.",
    ways: [],
  };
}

function duration(ms: number): string {
  const minutes = Math.round(ms / 60_000);
  if (minutes < 120) return `${minutes} minutes`;
  const hours = Math.round(ms / 3_600_000);
  return hours < 48 ? `${hours} hours` : `${Math.round(ms / 86_400_000)} days`;
}

/** Settings that cannot be used, a line each; the rest of them hold. The names of all presets stand once, beneath them. */
export function settingsFinding(problems: readonly SettingProblem[]): Finding {
  if (problems.length === 0) return ok("All of them can be used.");
  const ways = new Map<string, Way>();
  for (const { field, mend } of problems) {
    const way = mend === undefined ? setting(settingName(field)) : command(mend);
    ways.set(way.words, way);
  }
  const isAboutPresets = problems.some(({ message }) => message.endsWith(presetChoice));
  const presets = isAboutPresets ? `A preset is one of: ${presetIds.join(", ")}. ` : "";
  return {
    state: "broken",
    seen: problems.map(({ field, message }) => `${field}: ${withoutChoice(message)}`).join("\n"),
    advice: `${presets}The rest of the settings hold.`,
    ways: [...ways.values()],
  };
}

function withoutChoice(message: string): string {
  return message.endsWith(presetChoice) ? message.slice(0, -presetChoice.length).trimEnd() : message;
}

/** `wayfare.providers` of `wayfare.providers[0].headers`. */
function settingName(field: string): string {
  return field.replace(/\[.*$/, "");
}

/** What stands under each cap. */
export function capsFinding(caps: readonly CapState[]): Finding {
  if (caps.length === 0) {
    return {
      state: "ok",
      seen: "None is set, so what is spent has no bound.",
      advice: "A cap makes sure of it: set one, for example wayfare.budget.daily.",
      ways: [setting("wayfare.budget.daily")],
    };
  }
  const unreadable = caps.filter(({ isUnreadable }) => isUnreadable === true);
  const reached = caps.filter((cap) => cap.isUnreadable !== true && cap.spentNano + cap.heldNano >= cap.limitNano);
  const seen = caps.map(capLine).join("\n");
  const bad = [...unreadable, ...reached];
  if (bad.length === 0) return { ...ok(seen), ways: [command("showCosts")] };
  return {
    state: "broken",
    seen,
    advice:
      unreadable.length > 0
        ? "A cap that cannot be read is a cap of $0: correct it."
        : "Nothing more that costs is sent under it: raise it, or wait for its next period.",
    ways: [...new Set(bad.map((cap) => cap.setting))].map(setting),
  };
}

function capLine(cap: CapState): string {
  if (cap.isUnreadable === true) return `${capName(cap)}: ${cap.setting} cannot be read.`;
  const held = cap.heldNano > 0 ? ` and ${formatUsd(cap.heldNano)} held` : "";
  return `${capName(cap)}: ${formatUsd(cap.spentNano)} spent${held} of ${capUsd(cap.limitNano)}.`;
}

function ok(seen: string): Finding {
  return { state: "ok", seen, advice: null, ways: [] };
}
