import { afterAll, beforeAll, beforeEach } from "vitest";
import { hasPortkey, type RunningPortkey, startPortkey } from "../../../scripts/portkey.ts";

/**
 * Portkey's own gateway for the tests of a file, which are skipped where npm could not bring it. Where it sends a request
 * is said in the request's headers: `headersTo`.
 */
export function withPortkey(): { baseUrl(): string; output(): string } {
  let running: RunningPortkey | null = null;
  beforeAll(async () => {
    if (hasPortkey()) running = await startPortkey();
  });
  beforeEach((context) => {
    if (running === null) context.skip("Portkey's gateway is not installed: npm test -- --only install does it");
  });
  afterAll(() => running?.stop());
  const started = (): RunningPortkey => {
    if (running === null) throw new Error("Portkey's gateway does not run.");
    return running;
  };
  return { baseUrl: () => `${started().origin}/v1`, output: () => started().output() };
}

/** What a person writes into `headers` of the preset, here with a vendor at an address of its own. */
export function headersTo(vendor: "openai" | "anthropic", baseUrl: string): Record<string, string> {
  return { "x-portkey-provider": vendor, "x-portkey-custom-host": baseUrl };
}
