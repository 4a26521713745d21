import { carriesKey } from "../../shared/header-rules.ts";
import { createRedactor } from "../../shared/redact.ts";

/** A key that stands in the config file itself. `value` is for the redactor, and for nothing else; "" where it is no text. */
export interface WrittenKey {
  field: string;
  value: string;
}

const redact = createRedactor(() => []);

/** Names of fields that are there for a key, whatever they hold: `apiKey`, `OPENAI_API_KEY`, `token`, `http.proxyAuthorization`. */
const keyName =
  /(^|\.)key$|(api|access|secret)[-_]?key$|token$|secret$|passw(or)?d$|passphrase$|authorization$|cookie$/i;

/** What says where a key lies. */
const sources: ReadonlySet<string> = new Set(["env", "file", "credentials"]);

/**
 * Every text of a config file that is a key by the name of its field, by its shape, or because it stands in `keys` itself.
 * Fields are called as the readers of settings call them: `wayfare.providers[0].apiKey`.
 */
export function findWrittenKeys(json: unknown): WrittenKey[] {
  const found: WrittenKey[] = [];
  // A list and no recursion: the file may be nested as deep as it is long.
  const open: Place[] = [{ value: json, field: "", name: "", parent: "" }];
  for (let place = open.pop(); place !== undefined; place = open.pop()) {
    const { value, field, name } = place;
    if (typeof value === "string") {
      if (isWrittenKey({ ...place, value })) found.push({ field, value });
    } else if (isPlaceOfKey(place)) {
      found.push({ field, value: "" });
    } else if (Array.isArray(value)) {
      for (const [index, item] of value.entries()) {
        open.push({ value: item, field: `${field}[${index}]`, name, parent: place.parent });
      }
    } else if (typeof value === "object" && value !== null) {
      for (const [inner, item] of Object.entries(value)) {
        const whole = field === "" || field === "settings" ? inner : `${field}.${inner}`;
        open.push({ value: item, field: whole, name: inner, parent: field });
      }
    }
  }
  return found.sort((a, b) => (a.field < b.field ? -1 : 1));
}

interface Place {
  value: unknown;
  field: string;
  /** Of the field itself, or of the list it stands in. */
  name: string;
  /** The field that it stands in. */
  parent: string;
}

/** Whoever writes where a key lies into a provider's row means well, and is told the right place. */
function isPlaceOfKey({ value, name, parent }: Place): boolean {
  return parent.startsWith("wayfare.") && keyName.test(name) && value !== null;
}

function isWrittenKey({ value, field, name, parent }: Place & { value: string }): boolean {
  if (value.trim() === "") return false;
  if (parent.endsWith(".headers")) return carriesKey(name, value);
  if (field.startsWith("keys.") && !sources.has(name)) return true;
  if (keyName.test(name)) return true;
  return !isPath(value) && redact(value) !== value;
}

/** A path may hold a word that looks like the beginning of a key; no key has its slashes. */
function isPath(value: string): boolean {
  return /^((~|\.{0,2})\/|[a-z]:[\\/]|[\w.-]+[\\/])[^?=@]*$/i.test(value);
}
