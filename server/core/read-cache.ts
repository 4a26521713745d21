import { type SettingProblem, settingSchemas } from "../../shared/settings.ts";
import { quoteValue, recordSchema } from "./read-providers.ts";

/** What the settings say about answers that are kept. */
export interface CacheSettings {
  enabled: boolean;
  /** Older answers are not shown. */
  maxAgeMs: number;
  /** All answers kept on this host together take no more. */
  maxBytes: number;
}

const MS_PER_HOUR = 3_600_000;
const BYTES_PER_MEGABYTE = 1_000_000;

/** Reads `wayfare.cache.*`. What cannot be used is named in `problems` with what is used instead. */
export function readCache(written: unknown, problems: SettingProblem[]): CacheSettings {
  const cache = recordSchema.safeParse(written ?? {}).data ?? {};
  return {
    enabled: readEnabled(cache.enabled, problems),
    maxAgeMs: readMaxAge(cache.maxAgeHours, problems) * MS_PER_HOUR,
    maxBytes: readMaxSize(cache.maxMegabytes, problems) * BYTES_PER_MEGABYTE,
  };
}

function readEnabled(written: unknown, problems: SettingProblem[]): boolean {
  if (written === undefined || written === null) return settingSchemas["cache.enabled"].parse(undefined);
  if (typeof written === "boolean") return written;
  problems.push({
    field: "wayfare.cache.enabled",
    message: `${quoteValue(written)} is neither true nor false. No answer is kept. Write one of them.`,
  });
  return false;
}

const MOST_HOURS = 8_760;

function readMaxAge(written: unknown, problems: SettingProblem[]): number {
  const usual = settingSchemas["cache.maxAgeHours"].parse(undefined);
  if (written === undefined || written === null) return usual;
  if (typeof written === "number" && written > 0 && written <= MOST_HOURS) return written;
  const used = typeof written === "number" && written > MOST_HOURS ? MOST_HOURS : usual;
  problems.push({
    field: "wayfare.cache.maxAgeHours",
    message: `${quoteValue(written)} is not a number of hours above 0 and up to 8,760, which is a year. ${used.toLocaleString("en-US")} is used. To keep no answers, set wayfare.cache.enabled to false.`,
  });
  return used;
}

const LEAST_MEGABYTES = 1;
const MOST_MEGABYTES = 2_000;

function readMaxSize(written: unknown, problems: SettingProblem[]): number {
  const usual = settingSchemas["cache.maxMegabytes"].parse(undefined);
  if (written === undefined || written === null) return usual;
  if (typeof written === "number" && written >= LEAST_MEGABYTES && written <= MOST_MEGABYTES) return written;
  const isNumber = typeof written === "number" && !Number.isNaN(written);
  const used = isNumber ? (written < LEAST_MEGABYTES ? LEAST_MEGABYTES : MOST_MEGABYTES) : usual;
  problems.push({
    field: "wayfare.cache.maxMegabytes",
    message: `${quoteValue(written)} is not a number of megabytes from 1 to 2,000. ${used.toLocaleString("en-US")} is used. To keep no answers, set wayfare.cache.enabled to false.`,
  });
  return used;
}
