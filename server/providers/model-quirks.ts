import { type Failure, FailureError } from "../../shared/failure.ts";
import { addressesIn, whyNotByAddress } from "../core/image-addresses.ts";
import type { Need, ProviderRequest, Wire } from "../core/provider.ts";

/** What servers have said they do not take, a model each, for as long as the provider lives. */
export interface ModelQuirks<Parameter extends string> {
  /** Parameters that are left out for this model; the set may be added to. */
  refusedBy(modelId: string): Set<Parameter>;
  /** Remembers that the model does not take what the failure names. */
  learn(modelId: string, need: Need, failure: Failure): void;
  lacks(modelId: string): readonly Need[];
  /** Throws the failure that is remembered for something this request cannot do without. */
  mustTake(request: ProviderRequest): void;
}

/** More models than one person asks; past it everything is learned anew. */
const rememberedModels = 500;

export function createModelQuirks<Parameter extends string>(): ModelQuirks<Parameter> {
  const refused = new Map<string, Set<Parameter>>();
  const lacking = new Map<string, Map<Need, Failure>>();
  return {
    refusedBy: (modelId) => entry(refused, modelId, () => new Set()),
    learn(modelId, need, failure) {
      entry(lacking, modelId, () => new Map()).set(need, failure);
    },
    lacks: (modelId) => [...(lacking.get(modelId)?.keys() ?? [])],
    mustTake(request) {
      const known = lacking.get(request.modelId);
      if (known === undefined) return;
      for (const need of needsOf(request)) {
        const failure = known.get(need);
        if (failure !== undefined) throw new FailureError(failure);
      }
    },
  };
}

/** What this request has that not every model takes. */
export function needsOf(request: ProviderRequest): Need[] {
  const needs: Need[] = [];
  // First, for who does not look one up may take images all the same.
  if (addressesIn(request.messages) !== null) needs.push("addresses");
  if (request.messages.some((message) => (message.images?.length ?? 0) > 0)) needs.push("images");
  if (request.messages.some((message) => (message.documents?.length ?? 0) > 0)) needs.push("documents");
  if ((request.tools?.length ?? 0) > 0) needs.push("tools");
  const last = request.messages.at(-1);
  if (last?.role === "assistant" && (last.toolCalls?.length ?? 0) === 0) needs.push("prefill");
  return needs;
}

/**
 * Throws the failure for images at addresses, and for documents, that this wire has no way to tell of. The plan leaves such
 * a model out; where it is asked all the same, nothing is left out in silence, and nothing fetched.
 */
export function mustCarryParts(request: ProviderRequest, wire: Wire, host: string): void {
  const { messages, modelId } = request;
  const refuse = (parameter: Need, why: string, mend: string) => {
    const message = `"${modelId}" at ${host} ${why}. Send ${mend}, or choose another model for it.`;
    throw new FailureError({ kind: "bad-request", status: 0, parameter, message });
  };
  const addresses = addressesIn(messages);
  const why = addresses === null ? null : whyNotByAddress({ wire, modelId }, addresses);
  if (why !== null) refuse("addresses", why, "the image itself, in base64");
  if (wire === "ollama" && needsOf(request).includes("documents")) {
    refuse("documents", "takes no documents", "its text");
  }
}

function entry<Value>(map: Map<string, Value>, modelId: string, make: () => Value): Value {
  const known = map.get(modelId);
  if (known !== undefined) return known;
  if (map.size >= rememberedModels) map.clear();
  const fresh = make();
  map.set(modelId, fresh);
  return fresh;
}
