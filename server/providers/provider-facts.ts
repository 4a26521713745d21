import type { WireRow } from "./presets.ts";

/** One provider as the adapters take it: a row of the settings, resolved and checked. */
export interface ProviderFacts {
  id: string;
  /** Normalised, without a slash at its end. */
  baseUrl: string;
  origin: string;
  key: string | null;
  /** The person's own headers; they win over the preset's. */
  headers: Readonly<Record<string, string>>;
  /** Served by this machine: costs nothing. */
  local: "yes" | "no";
  row: WireRow;
  /** Milliseconds since 1970; a date in Retry-After counts from here. */
  now: () => number;
}

/** The headers that every request to this provider carries. */
export function authorize(facts: ProviderFacts): Record<string, string> {
  const { keyHeader, headers } = facts.row;
  const written = facts.key !== null && keyHeader.scheme !== null ? `${keyHeader.scheme} ${facts.key}` : facts.key;
  return { ...headers, ...(written === null ? {} : { [keyHeader.name]: written }), ...facts.headers };
}
