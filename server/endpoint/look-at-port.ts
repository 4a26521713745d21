import { get } from "node:http";
import * as z from "zod";
import { challengeHeader, isProofOf, newChallenge } from "./prove-token.ts";

const healthSchema = z.looseObject({ name: z.literal("wayfare"), proof: z.string().optional() });
/** A program on this machine that says nothing for so long is none of ours. */
const PATIENCE_MS = 2_000;
const MOST_BYTES = 4_096;

/** `ours` has the same token; `wayfare` is one that has another, or could not be asked for it. */
export type PortHolder = "ours" | "wayfare" | "other";

/**
 * Who answers at a port of this machine, and with `token` whether they have it, too. Never rejects; nothing of ours is sent:
 * instead of the token there is a challenge.
 */
export function lookAtPort(port: number, token?: string): Promise<PortHolder> {
  const challenge = newChallenge();
  const headers = token === undefined ? {} : { [challengeHeader]: challenge };
  const holderBy = (text: string): PortHolder => {
    const health = readHealth(text);
    if (health === null) return "other";
    const isOurs = token !== undefined && isProofOf(token, challenge, health.proof ?? "");
    return isOurs ? "ours" : "wayfare";
  };
  return new Promise((resolve) => {
    const request = get(
      { host: "127.0.0.1", port, path: "/health", headers, timeout: PATIENCE_MS, agent: false },
      (response) => {
        let text = "";
        response.setEncoding("utf8");
        response.on("data", (piece: string) => {
          text += piece;
          if (text.length > MOST_BYTES) request.destroy();
        });
        response.on("end", () => resolve(holderBy(text)));
        response.on("close", () => resolve("other"));
      },
    );
    request.on("timeout", () => request.destroy());
    request.on("error", () => resolve("other"));
  });
}

function readHealth(text: string): z.infer<typeof healthSchema> | null {
  try {
    return healthSchema.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
}
