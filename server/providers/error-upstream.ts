import type { Upstream } from "../../shared/failure.ts";
import { presets } from "../../shared/presets.ts";
import type { Said } from "./read-error-body.ts";

export type { Upstream };

/** How a gateway stands to the vendors behind it. */
export interface Behind {
  /**
   * Whose the account at the vendor is. `gateway`: the gateway's own, and the person pays the gateway. `kept`: the person's
   * or their company's, its key kept at the gateway. `sent`: the key that Wayfare sends along is that vendor's.
   */
  account: Upstream["account"];
  /** Whether what is not in the gateway's own form is to be taken for the vendor's, word for word. */
  handsOn: "marked" | "word for word";
}

/** The vendor behind a gateway whose error this is; null where it is that of whoever was asked. */
export function upstreamOf(
  said: Said,
  answer: { behind?: Behind | null; modelId: string | null; status: number },
): Upstream | null {
  const behind = answer.behind ?? null;
  const isHandedOn = behind?.handsOn === "word for word" && said.isJson && !said.isCloudflares;
  if (said.behind === null && !isHandedOn) return null;
  const name = said.behind?.name ?? makerIn(answer.modelId);
  if (isHandedOn && name === null) return null;
  return { name: displayName(name), account: said.behind?.account ?? behind?.account ?? "kept" };
}

/** "OpenAI, behind openrouter.ai,": who is meant, as the subject of a sentence. */
export function whoIs(upstream: Upstream | null, host: string): string {
  if (upstream === null) return host;
  return `${upstream.name ?? "The vendor"} behind ${host}`;
}

/** Gateways name models "maker/model". */
function makerIn(modelId: string | null): string | null {
  const at = modelId?.indexOf("/") ?? -1;
  return at > 0 ? (modelId?.slice(0, at).replace(/^@/, "") ?? null) : null;
}

/** As the vendor writes itself, where it is one that we know. */
function displayName(name: string | null): string | null {
  if (name === null) return null;
  const wanted = plain(name);
  const preset = Object.values(presets).find(({ id, label }) => plain(id) === wanted || plain(label) === wanted);
  return preset?.label.replace(/(,| \().*$/, "") ?? name;
}

function plain(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9]/g, "");
}
