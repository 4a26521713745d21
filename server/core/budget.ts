import type { NanoUsd } from "../../shared/money.ts";
import type { CapState, Period } from "../../shared/protocol.ts";
import type { LadderStep } from "../../shared/settings.ts";

/** A cap as the settings say it, before anything is raised for today. */
export interface Cap {
  /** `scope.period`, for example `workspace.daily`. */
  id: string;
  scope: CapState["scope"];
  period: Period;
  limitNano: NanoUsd;
  /** The setting that holds it, for example `wayfare.budget.workspace.daily`. */
  setting: string;
  /** Of a book that other tools pay from: it is called so, for they know of no workspace. */
  isOfBook?: true;
  /** What is written there is no amount: nothing that costs is sent until it is mended. The limit is then 0. */
  isUnreadable?: boolean;
  /** Why a request is refused under it while it is unreadable, where that is said of no setting of `wayfare.budget`. */
  refusal?: string;
}

/** When a day of spending begins. */
export interface Calendar {
  /** IANA name; null: the one the window named. */
  timeZone: string | null;
  /** Minutes after midnight, 0 to 1,439. */
  dayStartsAtMinutes: number;
}

/** What may be spent, as the settings say it. */
export interface Budget {
  /** Global and of the workspace: every request is under all of them. */
  caps: readonly Cap[];
  /** Completions are under these too. */
  completionCaps: readonly Cap[];
  /** Per cent, ascending. */
  warnAt: readonly number[];
  ladder: readonly LadderStep[];
  calendar: Calendar;
}
