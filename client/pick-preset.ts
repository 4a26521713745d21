import { presetAt, presets, resolveBaseUrl } from "../shared/presets.ts";
import type { LocalServer } from "../shared/protocol.ts";
import type { PresetId } from "../shared/settings.ts";
import type { Answer, Dialog, Row } from "./dialog.ts";
import { cleanKey } from "./read-key.ts";

/** A provider as far as it was entered. */
export interface Draft {
  preset: PresetId;
  /** As typed, filled in or found; "" for the preset's own. */
  baseUrl: string;
  /** The person's own parts of the address and of the headers, by their names. */
  parts: Readonly<Record<string, string>>;
  key: string;
  /** Comes with its key, or needs none: the step is left out until it turns out wrong. */
  asks: { url: boolean; key: boolean };
  /** A key is pasted although its vendor has a login in the browser. */
  pastes: boolean;
  /** The preset is that of the vendor at this address, which was entered as any address. */
  isByAddress: boolean;
  /** As the person called it; "" for the name that is proposed. Asked where that is taken. */
  id: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** The first step: a vendor, a gateway, or what lies ready here (a key in the environment, a server on this machine). */
export function pickPreset(
  deps: { dialog: Dialog; environment: Environment },
  found: Promise<LocalServer[]>,
): Promise<Answer<Draft>> {
  const fromEnvironment = environmentRows(deps.environment);
  const named: Row<Draft>[] = Object.values(presets).map((preset) => ({
    label: preset.label,
    description: preset.detail,
    ...(preset.heading === undefined ? {} : { group: preset.heading }),
    // Whose key is optional is a server of one's own, and stands where its owner has put it.
    value: draftOf(preset.id, { url: preset.key === "optional", key: preset.key !== "none" }),
  }));
  return deps.dialog.pickOne({
    title: "Add Provider",
    step: 1,
    totalSteps: 4,
    placeholder: "Where are the models? Pick, or paste an address. What lies ready here is used only when you pick it.",
    typed: addressRow,
    rows: [...fromEnvironment, ...named],
    later: found.then(
      (servers) => localRows(servers),
      // The rest of the setup works without them; the log has the reason.
      () => [],
    ),
  });
}

/** The address that was typed or pasted in place of a pick; null where it is none. */
function addressRow(text: string): Row<Draft> | null {
  const typed = text.trim();
  const host = /^(https?:\/\/)?((?:[\w-]+\.)*[\w-]+|\[[\da-f:.]+\]|[^/\s]*@[^/\s]+)(:\d+)?(\/\S*)?$/i.exec(typed);
  // A word alone is searched for.
  if (host === null || (host[1] === undefined && host[3] === undefined && !/\w\.\w+\//.test(typed))) return null;
  const isHere = /^(localhost|127\.[\d.]+|\[::1\])$/i.test(host[2] ?? "");
  const baseUrl = host[1] === undefined ? `${isHere ? "http" : "https"}://${typed}` : typed;
  const resolved = resolveBaseUrl({ preset: "openai-compatible", baseUrl });
  const draft = atAddress(draftOf("openai-compatible", { url: !resolved.ok, key: true }), baseUrl);
  return {
    label: `$(link) Use ${baseUrl.replaceAll("$(", "\\$(")}`,
    description: presets[draft.preset].label,
    value: draft,
  };
}

/** A vendor that is known by its address is taken for what it is, with its own way to ask for keys, prices and holes. */
export function atAddress(draft: Draft, baseUrl: string): Draft {
  const preset = presetAt(draft.isByAddress ? "openai-compatible" : draft.preset, baseUrl);
  if (preset === draft.preset) return { ...draft, baseUrl };
  const { key, headerParts = [] } = presets[preset];
  const isByAddress = preset !== "openai-compatible";
  return {
    ...draftOf(preset, { url: draft.asks.url && headerParts.length === 0, key: key !== "none" }),
    baseUrl,
    isByAddress,
  };
}

export function draftOf(preset: PresetId, asks: Draft["asks"]): Draft {
  return { preset, baseUrl: "", parts: {}, key: "", asks, pastes: false, isByAddress: false, id: "" };
}

function environmentRows(environment: Environment): Row<Draft>[] {
  const rows = Object.values(presets).flatMap((preset) =>
    preset.environmentKeys.flatMap((name): Row<Draft>[] => {
      const key = cleanKey(environment[name] ?? "");
      if (key === "") return [];
      return [
        {
          label: `$(key) Use the key in ${name}`,
          description: preset.label,
          value: { ...draftOf(preset.id, { url: false, key: false }), key },
        },
      ];
    }),
  );
  return rows.map((row, index) => (index === 0 ? { ...row, group: "Found here" } : row));
}

function localRows(servers: readonly LocalServer[]): Row<Draft>[] {
  return servers.map(({ preset, baseUrl, models }, index) => ({
    label: `$(device-desktop) ${presets[preset].label} on ${new URL(baseUrl).host}`,
    description: models.length === 1 ? "1 model" : `${models.length} models`,
    ...(index === 0 ? { group: "Found on this machine" } : {}),
    value: { ...draftOf(preset, { url: false, key: false }), baseUrl },
  }));
}
