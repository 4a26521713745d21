import * as z from "zod";
import type { ProviderRequest } from "../core/provider.ts";

/** What of a request's samplings a body does not hold, because the model does not take it: by the names clients know. */

/** Where the wires hold them: beside everything, or in a place of their own (Google's, and Amazon's). */
const bodySchema = z.looseObject({
  generationConfig: z.looseObject({}).nullish().catch(null),
  inferenceConfig: z.looseObject({}).nullish().catch(null),
});

/** [] for a body that is no object: then nobody knows. */
export function samplingsLeftOut(
  { temperature, passedOn }: Pick<ProviderRequest, "temperature" | "passedOn">,
  sent: unknown,
): string[] {
  const { top_p: topP, top_k: topK } = passedOn?.fields ?? {};
  const asked = [
    { name: "temperature", value: temperature, also: "temperature" },
    { name: "top_p", value: topP, also: "topP" },
    { name: "top_k", value: topK, also: "topK" },
  ].filter(({ value }) => value !== undefined && value !== null);
  const body = asked.length === 0 ? undefined : bodySchema.safeParse(sent).data;
  if (body === undefined) return [];
  const places: Readonly<Record<string, unknown>>[] = [body, body.generationConfig ?? {}, body.inferenceConfig ?? {}];
  return asked
    .filter(({ name, also }) => places.every((place) => place[name] === undefined && place[also] === undefined))
    .map(({ name }) => name);
}
