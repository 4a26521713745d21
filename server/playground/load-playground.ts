import type { Playground, PlaygroundModel, VendorModel } from "./start-playground.ts";

/** The playground's own models, as fast as such models are. Its code is loaded only now. `apiKey` is what it will accept. */
export async function loadPlayground(
  apiKey: string,
): Promise<Playground & { apiKey: string; models: readonly PlaygroundModel[] }> {
  const { startPlayground, playgroundModels } = await import("./start-playground.ts");
  return { ...(await startPlayground({ apiKey, pace: "realistic" })), apiKey, models: playgroundModels };
}

/** Simulated vendors of other models, as fast as it goes, for a drill. */
export async function loadVendors(
  apiKey: string,
  models: readonly VendorModel[],
): Promise<Playground & { apiKey: string }> {
  const { startPlayground } = await import("./start-playground.ts");
  return { ...(await startPlayground({ apiKey, pace: "instant", models })), apiKey };
}
