import type { SecretStorage } from "vscode";
import * as z from "zod";
import { resolveBaseUrl } from "../shared/presets.ts";
import type { ConfigureParams } from "../shared/protocol.ts";
import { providerSettingSchema } from "../shared/settings.ts";

/**
 * The keys of providers, in VS Code's secret storage: one entry for each provider and origin, so that a provider whose
 * address was changed has no key until one is given for the new place. They go to the server by request and nowhere else.
 */
export interface Keys {
  /** The keys of these providers at their present addresses; rows that cannot be read have none, nor those switched off. */
  read(providers: unknown): Promise<ConfigureParams["keys"]>;
  /** The key of one provider at one address, switched off or not; null: there is none. */
  of(providerId: string, origin: string): Promise<string | null>;
  store(providerId: string, origin: string, key: string): Promise<void>;
  /** Deletes what is kept for this provider, at every address it ever had but `but`. */
  forget(providerId: string, but?: string): Promise<void>;
  /** The passphrase of a file of a client certificate, by its whole path. */
  readPassphrase(file: string): Promise<string | undefined>;
  /** An empty one is forgotten. */
  storePassphrase(file: string, passphrase: string): Promise<void>;
  /** Every key and passphrase that was read or stored in this window, for the redactor of logs. */
  known(): Iterable<string>;
}

const prefix = "wayfare.key:";
const passphrasePrefix = "wayfare.passphrase:";

/** Keys a person changes in one session are few; older ones than that have long left the log. */
const MAX_KNOWN = 100;

export function createKeys(secrets: Pick<SecretStorage, "get" | "store" | "delete" | "keys">): Keys {
  const known = new Set<string>();
  const remember = (key: string): void => {
    known.add(key);
    const [oldest] = known;
    if (known.size > MAX_KNOWN && oldest !== undefined) known.delete(oldest);
  };
  return {
    async read(providers) {
      const found = await Promise.all(
        originsOf(providers).map(async ({ providerId, origin }) => {
          const key = await secrets.get(entryName(providerId, origin));
          return key === undefined || key === "" ? [] : [{ providerId, origin, key }];
        }),
      );
      const keys = found.flat();
      for (const { key } of keys) remember(key);
      return keys;
    },
    async of(providerId, origin) {
      const key = (await secrets.get(entryName(providerId, origin))) ?? "";
      if (key === "") return null;
      remember(key);
      return key;
    },
    async store(providerId, origin, key) {
      remember(key);
      await secrets.store(entryName(providerId, origin), key);
    },
    async forget(providerId, but) {
      const kept = but === undefined ? null : entryName(providerId, but);
      const names = await secrets.keys();
      await Promise.all(
        names
          .filter((name) => name.startsWith(`${prefix}${providerId}:`) && name !== kept)
          .map((name) => secrets.delete(name)),
      );
    },
    async readPassphrase(file) {
      const passphrase = await secrets.get(passphrasePrefix + file);
      if (passphrase !== undefined) remember(passphrase);
      return passphrase;
    },
    async storePassphrase(file, passphrase) {
      if (passphrase === "") return secrets.delete(passphrasePrefix + file);
      remember(passphrase);
      await secrets.store(passphrasePrefix + file, passphrase);
    },
    known: () => known,
  };
}

/** True for the name of an entry of ours, as the event of changed secrets tells it. */
export function isKeyEntry(name: string): boolean {
  return name.startsWith(prefix) || isPassphraseEntry(name);
}

/** True for the name of an entry that holds a passphrase. */
export function isPassphraseEntry(name: string): boolean {
  return name.startsWith(passphrasePrefix);
}

// A provider's id has no colon, so that one's entries cannot be taken for another's.
function entryName(providerId: string, origin: string): string {
  return `${prefix}${providerId}:${origin}`;
}

function originsOf(providers: unknown): { providerId: string; origin: string }[] {
  if (!Array.isArray(providers)) return [];
  return providers.flatMap((row: unknown) => {
    // Models are of no matter here: a row whose list is mistaken keeps its key.
    const parsed = providerSettingSchema.pick({ id: true, preset: true, baseUrl: true }).strip().safeParse(row);
    if (!parsed.success || isSwitchedOff(row)) return [];
    const resolved = resolveBaseUrl(parsed.data);
    return resolved.ok ? [{ providerId: parsed.data.id, origin: resolved.origin }] : [];
  });
}

/** A row that says anything but "not disabled": its key goes nowhere. */
function isSwitchedOff(row: unknown): boolean {
  const disabled = z.looseObject({ disabled: z.unknown().optional() }).safeParse(row).data?.disabled;
  return disabled !== undefined && disabled !== null && disabled !== false;
}
