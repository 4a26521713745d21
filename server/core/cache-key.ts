import type { ProviderRequest, Route } from "./provider.ts";

/** Where a request goes, as far as the answer can depend on it. The key of the account and the wire's details cannot. */
export type AskedRoute = Pick<Route, "providerId" | "origin" | "modelId">;

/**
 * One text for everything an answer depends on: where it is asked, the model, the messages with all their fields, the
 * parameters, the tools. Equal for equal requests whatever order their fields were written in, and different for any
 * other difference; a field that is undefined is a field that is not there, as on the wire. What a request may hold one
 * day is in it from that day on. As long as the prompt: hash it to keep it.
 */
export function cacheKey(route: AskedRoute, request: ProviderRequest): string {
  const { providerId, origin, modelId } = route;
  return canonicalJson({ route: { providerId, origin, modelId }, request });
}

/** Above this a model is asked for variety, and the same answer twice is not what was wanted. */
const MOST_REPEATABLE_TEMPERATURE = 0.3;

/**
 * Whether the answer to this request may stand for the answer to the same request later. Never with tools: what they do
 * is done again. Not at an explicit temperature above 0.3 either, unless `wish` says that it was asked for. A temperature
 * that is not given is allowed although vendors' defaults are higher: the person put the very same question in the very
 * same state, what is shown is marked as kept, and it can be asked anew with one click.
 */
export function mayCache(
  request: Pick<ProviderRequest, "temperature"> & { tools?: readonly unknown[] | undefined },
  wish: "usual" | "asked" = "usual",
): boolean {
  if ((request.tools ?? []).length > 0) return false;
  const { temperature } = request;
  return temperature === undefined || wish === "asked" || temperature <= MOST_REPEATABLE_TEMPERATURE;
}

/** JSON with the fields of each object in one order. Depth is that of our own requests; nothing foreign is read. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value) ?? "null";
  const fields = Object.entries(value)
    .filter(([, field]) => field !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, field]) => `${JSON.stringify(name)}:${canonicalJson(field)}`);
  return `{${fields.join(",")}}`;
}
