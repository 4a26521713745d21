import { readFile } from "node:fs/promises";
import { parseRoutingWeights, type ReadWeights } from "../core/routing-weights.ts";

/** The trained weights of the package, or in words why they cannot be used. Never rejects. */
export async function readRoutingWeights(file: URL): Promise<ReadWeights> {
  try {
    return parseRoutingWeights(await readFile(file, "utf8"));
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") {
      return { problem: `${file.pathname.slice(file.pathname.lastIndexOf("/") + 1)} is missing` };
    }
    return { problem: error instanceof Error ? error.message : String(error) };
  }
}
