import { afterEach, describe, expect, it } from "vitest";
import type { Closer } from "../../engine/relay-scene.ts";
import { clientsScene } from "./clients-scene.ts";
import { clientNames, clientOf } from "./every-client.ts";

const closers: Closer[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

const faults = {
  fails: { kind: "status", status: 500 },
  "is overloaded": { kind: "status", status: 503 },
  "is asked too often": { kind: "status", status: 429 },
} as const;

/**
 * A client that waits for as long as Retry-After says may well ask anew: a route that rests is then free. Looked at is
 * the time before that, with all of an SDK's own repetitions, which Vercel's makes after 2 and another 4 seconds.
 */
const LOOKED_AT_MS = 8_000;

/** How often the vendors are asked for one question of a client that repeats as it does by itself. */
async function walkOf(name: (typeof clientNames)[number], fault: (typeof faults)[keyof typeof faults]) {
  const own: Closer[] = [];
  closers.push(async () => {
    for (const close of own.reverse()) await close();
  });
  const scene = await clientsScene(own);
  for (const model of ["small", "spare", "large"]) scene.vendors.setFault(model, fault);
  const client = clientOf(name, scene.origin);
  const signal = AbortSignal.timeout(LOOKED_AT_MS);
  await expect(client.ask({ model: "cheap", text: "What is this?", signal })).rejects.toThrow();
  await scene.settled();
  return scene.vendors.log().map(({ model, status }) => `${model} ${status}`);
}

// At once: an SDK that repeats waits for seconds between.
describe.concurrent("a vendor that", () => {
  it.each(Object.entries(faults))(
    "%s is asked no more often by any SDK than by a client that asks once",
    async (_, fault) => {
      const [once, ...others] = await Promise.all(
        (["fetch", ...clientNames.filter((name) => name !== "fetch")] as const).map((name) => walkOf(name, fault)),
      );
      expect(once?.length).toBeGreaterThan(0);
      expect(others).toEqual(others.map(() => once));
    },
  );
});
