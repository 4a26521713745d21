import type { Server } from "node:http";

/** Tries for a port that is free at both addresses, where any will do. */
const maxTries = 10;

/**
 * Listens at 127.0.0.1 and, where the machine has it, at [::1], at the same port. 0: any that is free at both. Rejects with
 * the system's error where that is not to be had; nothing is listened at then.
 */
export async function listenAtBoth(
  createServer: () => Server,
  port: number,
): Promise<{ servers: Server[]; hosts: string[]; port: number }> {
  for (let tries = 1; ; tries += 1) {
    const first = createServer();
    await listen(first, "127.0.0.1", port);
    const address = first.address();
    const bound = typeof address === "object" && address !== null ? address.port : port;
    const second = createServer();
    try {
      await listen(second, "::1", bound);
      return { servers: [first, second], hosts: ["127.0.0.1", "[::1]"], port: bound };
    } catch (error) {
      if (codeOf(error) !== "EADDRINUSE") return { servers: [first], hosts: ["127.0.0.1"], port: bound };
      await new Promise<void>((resolve) => first.close(() => resolve()));
      if (port !== 0 || tries === maxTries) throw error;
    }
  }
}

function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen({ host, port }, () => {
      server.off("error", reject);
      resolve();
    });
  });
}

/** That of an error of the system's or of Node's; undefined for any other. */
export function codeOf(error: unknown): string | undefined {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;
}
