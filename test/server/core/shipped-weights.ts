import { readFileSync } from "node:fs";
import { parseRoutingWeights, type RoutingWeights } from "../../../server/core/routing-weights.ts";

/** The trained weights as the package has them. */
export function shippedWeights(): RoutingWeights {
  const read = parseRoutingWeights(
    readFileSync(new URL("../../../data/routing-weights.json", import.meta.url), "utf8"),
  );
  if ("problem" in read) throw new Error(read.problem);
  return read.weights;
}
