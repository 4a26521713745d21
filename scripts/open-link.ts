import { randomBytes } from "node:crypto";
import { createServer, type Server } from "node:http";

/** The address that opens the editor without its login page, once. */
export interface OpenLink {
  readonly url: string;
  close(): void;
}

/**
 * Serves a one-time link on loopback. Whoever follows it first gets the editor's session cookie (`name=value`; cookies
 * of one host hold for all its ports) and is sent on to `target`; after that it only explains itself, with `fallback`.
 */
export async function serveOpenLink(options: {
  cookie: string;
  target: string;
  fallback: string;
  /** Called when the link was used. */
  onOpened: () => void;
}): Promise<OpenLink> {
  const path = `/${randomBytes(18).toString("base64url")}`;
  let used = false;
  const server: Server = createServer((request, response) => {
    response.setHeader("cache-control", "no-store");
    response.setHeader("referrer-policy", "no-referrer");
    if (request.url !== path) {
      response.writeHead(404, { "content-type": "text/plain; charset=utf-8" });
      response.end("Nothing here.\n");
    } else if (request.method !== "GET") {
      // Programs that look at links before a person does ask with HEAD; they must not use it up.
      response.writeHead(405, { allow: "GET" });
      response.end();
    } else if (used) {
      response.writeHead(410, { "content-type": "text/plain; charset=utf-8" });
      response.end(`${options.fallback}\n`);
    } else {
      used = true;
      response.writeHead(302, {
        location: options.target,
        "set-cookie": `${options.cookie}; Path=/; SameSite=Lax; HttpOnly`,
      });
      response.end();
      options.onOpened();
    }
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  const close = (): void => {
    server.close();
    server.closeAllConnections();
  };
  return { url: `http://127.0.0.1:${port}${path}`, close };
}
