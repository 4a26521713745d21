import { get } from "node:http";
import * as z from "zod";

const healthSchema = z.looseObject({ name: z.literal("wayfare") });
/** A program on this machine that says nothing for so long is none of ours. */
const PATIENCE_MS = 2_000;
const MOST_BYTES = 4_096;

/** Whether it is Wayfare that answers at a port of this machine. Never rejects; nothing of ours is sent, no token either. */
export function lookAtPort(port: number): Promise<"wayfare" | "other"> {
  return new Promise((resolve) => {
    const request = get(
      { host: "127.0.0.1", port, path: "/health", timeout: PATIENCE_MS, agent: false },
      (response) => {
        let text = "";
        response.setEncoding("utf8");
        response.on("data", (piece: string) => {
          text += piece;
          if (text.length > MOST_BYTES) request.destroy();
        });
        response.on("end", () => resolve(isOurs(text) ? "wayfare" : "other"));
        response.on("close", () => resolve("other"));
      },
    );
    request.on("timeout", () => request.destroy());
    request.on("error", () => resolve("other"));
  });
}

function isOurs(text: string): boolean {
  try {
    return healthSchema.safeParse(JSON.parse(text)).success;
  } catch {
    return false;
  }
}
