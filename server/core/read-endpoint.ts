import type { SettingProblem } from "../../shared/settings.ts";
import type { Cap } from "./budget.ts";
import { nothingIsSent, OTHER_BOOKS } from "./describe-cap.ts";
import { type BookLevels, capitalized, capsOfEndpointWorkspace } from "./read-budget.ts";
import { type ModelNames, readModelNames } from "./read-model-names.ts";
import { quoteValue, recordSchema } from "./read-providers.ts";

/** What the settings say about the local endpoint, but for whether and where it listens. */
export interface EndpointSettings {
  /**
   * The caps of a book: of the name that another tool gave, or with null of the endpoint's own. Global ones first, then
   * those of the workspace; of two for the same time the least. A name that is not listed has those of `*`, but
   * for `own`, which pays for requests that name no book.
   */
  capsOf(name: string | null, own?: string | null): readonly Cap[];
  /** Names of books that caps of their own were written for. */
  listed: readonly string[];
  /** What other tools' own names for models stand for. */
  names: ModelNames;
}

const periods: readonly string[] = ["daily", "weekly", "monthly", "total"];

/** What `x-wayfare-workspace` may say: a header's value has no space at its ends. */
export function isEndpointWorkspaceName(name: string): boolean {
  return /^(?! )[A-Za-z0-9._ -]{1,64}$/.test(name) && !name.endsWith(" ");
}

/** Reads `wayfare.endpoint`. `general` are the caps of `wayfare.budget`, which hold for every book. */
export function readEndpoint(written: unknown, general: readonly Cap[], problems: SettingProblem[]): EndpointSettings {
  const { workspaces, models } = recordSchema.safeParse(written ?? {}).data ?? {};
  const levels = readEndpointCaps(workspaces, problems);
  const ofNames = new Map([...levels].map(([name, each]) => [name, capsOfEndpointWorkspace(general, each, problems)]));
  // Nobody knows which name was to have a cap: none goes without.
  const ofOthers = isUnreadable(workspaces)
    ? capsOfEndpointWorkspace(general, unreadNames, problems)
    : (ofNames.get(OTHER_BOOKS) ?? general);
  return {
    capsOf(name, own = null) {
      if (name === null) return general;
      const isOwn = name === own && !isUnreadable(workspaces);
      return ofNames.get(name) ?? (isOwn ? general : ofOthers);
    },
    listed: [...ofNames.keys()].filter((name) => name !== OTHER_BOOKS),
    names: readModelNames(models, problems),
  };
}

/** The levels of each name as written. What names no workspace, or is no set of caps, is in `problems`. */
function readEndpointCaps(written: unknown, problems: SettingProblem[]): ReadonlyMap<string, BookLevels> {
  if (isUnreadable(written)) {
    problems.push({
      field: setting,
      message: `${quoteValue(written)} is not a set of names with their caps. ${capitalized(nothingOfNames)}: write ${someNames}.`,
    });
    return new Map();
  }
  const found = new Map<string, BookLevels>();
  for (const [name, levels] of Object.entries(written ?? {})) {
    if (name === OTHER_BOOKS || isEndpointWorkspaceName(name)) found.set(name, readLevels(levels, name, problems));
    else {
      problems.push({
        field: setting,
        message: `${quoteValue(name)} cannot name a workspace. Write 1 to 64 letters, digits, dots, underscores, dashes or spaces, or "*" for each book that is not listed.`,
      });
    }
  }
  return found;
}

const setting = "wayfare.endpoint.workspaces";
const someNames = '{ "nightly": { "daily": 2.5 } }';
const nothingOfNames = "nothing that costs is sent from a book that a request names until it is mended";
const unreadNames: BookLevels = {
  unread: {
    setting,
    refusal: `${setting} is no set of names with their caps, so ${nothingOfNames}. Write ${someNames}.`,
  },
};

function isUnreadable(written: unknown): boolean {
  return written !== undefined && written !== null && !recordSchema.safeParse(written).success;
}

/** A misspelt cap is one that somebody meant: without it the book would go without. */
function readLevels(written: unknown, book: string, problems: SettingProblem[]): BookLevels {
  const field = `${setting}.${book}`;
  const levels = recordSchema.safeParse(written);
  if (!levels.success) {
    const mend = 'write { "daily": 2.5 }';
    const message = `${quoteValue(written)} is not a set of caps. ${capitalized(nothingIsSent(book))}: ${mend}.`;
    problems.push({ field, message });
    const refusal = `${field} is no set of caps, so ${nothingIsSent(book)}. ${capitalized(mend)}.`;
    return { unread: { setting: field, refusal } };
  }
  const mend = "write daily, weekly, monthly or total";
  const unread = Object.keys(levels.data)
    .filter((name) => !periods.includes(name))
    .map((name) => ({ setting: `${field}.${name}`, why: `there is no cap ${quoteValue(name)}` }));
  for (const each of unread) {
    const message = `${capitalized(each.why)}. ${capitalized(nothingIsSent(book))}: ${mend}.`;
    problems.push({ field: each.setting, message });
  }
  const [first] = unread;
  if (first === undefined) return { book, levels: levels.data };
  const refusal = `${first.setting}: ${first.why}, so ${nothingIsSent(book)}. ${capitalized(mend)}.`;
  return { unread: { setting: first.setting, refusal } };
}
