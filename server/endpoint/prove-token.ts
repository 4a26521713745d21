import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";

/**
 * How one Wayfare tells whether another has the same token, without sending it to whoever listens: `/health` is asked with
 * a random challenge, and answered with a proof that only the token gives.
 */
export const challengeHeader = "x-wayfare-challenge";

/** What may stand in the header: a number that was drawn, in hex. */
export const challengeForm = /^[0-9a-f]{32,128}$/;

/** As much chance as there is in a proof. */
export function newChallenge(): string {
  return randomBytes(32).toString("hex");
}

/** HMAC-SHA256 of the challenge, keyed by the token, in hex. */
export function proofOf(token: string, challenge: string): string {
  return createHmac("sha256", token).update(challenge).digest("hex");
}

/** Takes as long for a wrong proof as for the right one. */
export function isProofOf(token: string, challenge: string, proof: string): boolean {
  const right = Buffer.from(proofOf(token, challenge));
  const shown = Buffer.from(proof);
  return shown.length === right.length && timingSafeEqual(shown, right);
}
