import { createServer } from "node:http";
import { codeOf, listenAtBoth } from "./listen-at-both.ts";
import { lookAtPort } from "./look-at-port.ts";

/** Why a port is not to be had: the system's code, and where it is taken, whether by another Wayfare. */
export interface NoPort {
  code: string;
  isWayfares: boolean;
}

/** Listens as the endpoint would, and stops at once; null: the port can be had. Never rejects. */
export async function tryPort(port: number): Promise<NoPort | null> {
  try {
    const { servers } = await listenAtBoth(createServer, port);
    await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
    return null;
  } catch (error) {
    return whyNoPort(error, port);
  }
}

/** What the error of a start that was refused the port means. Never rejects. */
export async function whyNoPort(error: unknown, port: number): Promise<NoPort> {
  const code = codeOf(error) ?? (error instanceof Error ? error.message : String(error));
  return { code, isWayfares: code === "EADDRINUSE" && (await lookAtPort(port)) === "wayfare" };
}
