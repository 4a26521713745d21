import { connect, createServer, type Socket } from "node:net";
import { type RawServer, watchServer } from "./raw-server.ts";

export interface SocksServer extends RawServer {
  /** Targets as the proxy was told them, with the version that asked: `5 api.example.test:443`. */
  asked: string[];
  /** `user:password` as they came; a version 4 client has no password. */
  logins: string[];
}

export interface SocksServerOptions {
  user?: string;
  password?: string;
  /** The code of its answer to every wish: RFC 1928's, or version 4's. */
  answerWith?: number;
  /** Answers come one byte at a time. */
  dribbles?: boolean;
  /** Where it listens; 127.0.0.1 unless said otherwise. */
  host?: string;
}

/** A real SOCKS proxy of versions 4, 4a and 5. Whatever it is asked for, it connects to `targetPort` on loopback. */
export async function startSocksServer(targetPort: number, options: SocksServerOptions = {}): Promise<SocksServer> {
  const asked: string[] = [];
  const logins: string[] = [];
  const server = createServer((socket) => {
    socket.setNoDelay(true);
    void serve(socket, options, targetPort, { asked, logins }).catch(() => socket.destroy());
  });
  return { ...(await watchServer(server, [], "socks5h", options.host)), asked, logins };
}

async function serve(
  socket: Socket,
  options: SocksServerOptions,
  targetPort: number,
  heard: { asked: string[]; logins: string[] },
): Promise<void> {
  const read = createReader(socket);
  const say = (...bytes: number[]): void => {
    const pieces = options.dribbles ? bytes.map((byte) => [byte]) : [bytes];
    for (const piece of pieces) socket.write(Buffer.from(piece));
  };
  const [version = 0] = await read(1);
  if (version === 4) {
    const [, high = 0, low = 0, a = 0, b = 0, c = 0, d = 0] = await read(7);
    heard.logins.push(await readText(read));
    const isName = a === 0 && b === 0 && c === 0 && d !== 0;
    const host = isName ? await readText(read) : [a, b, c, d].join(".");
    heard.asked.push(`4 ${host}:${high * 256 + low}`);
    const code = options.answerWith ?? 90;
    say(0, code, 0, 0, 0, 0, 0, 0);
    return code === 90 ? join(socket, targetPort) : void socket.end();
  }
  const [count = 0] = await read(1);
  const methods = [...(await read(count))];
  const wanted = options.user === undefined ? 0 : 2;
  if (!methods.includes(wanted)) {
    say(5, 255);
    return void socket.end();
  }
  say(5, wanted);
  if (wanted === 2) {
    const [, length = 0] = await read(2);
    const user = String(await read(length));
    const [more = 0] = await read(1);
    const password = String(await read(more));
    heard.logins.push(`${user}:${password}`);
    const isRight = user === options.user && password === options.password;
    say(1, isRight ? 0 : 1);
    if (!isRight) return void socket.end();
  }
  const [, , , kind = 0] = await read(4);
  const length = kind === 1 ? 4 : kind === 4 ? 16 : ((await read(1))[0] ?? 0);
  const address = await read(length);
  const [high = 0, low = 0] = await read(2);
  const groups = [...address].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  const host = kind === 3 ? String(address) : kind === 1 ? [...address].join(".") : `[${groups}]`;
  heard.asked.push(`5 ${host}:${high * 256 + low}`);
  const code = options.answerWith ?? 0;
  // Its own address is told as a name, which is the longest of the three kinds.
  say(5, code, 0, 3, 5, ...Buffer.from("proxy"), 4, 56);
  return code === 0 ? join(socket, targetPort) : void socket.end();
}

function join(socket: Socket, targetPort: number): void {
  const upstream = connect(targetPort, "127.0.0.1");
  upstream.on("error", () => socket.destroy());
  socket.on("close", () => upstream.destroy());
  upstream.pipe(socket);
  socket.pipe(upstream);
}

type Read = (length: number) => Promise<Buffer>;

function createReader(socket: Socket): Read {
  return async (length) => {
    const parts: Buffer[] = [];
    for (let missing = length; missing > 0; ) {
      const bytes: Buffer | null = socket.read(Math.min(missing, Math.max(socket.readableLength, 1)));
      if (bytes === null) {
        await new Promise((resolve, reject) => {
          socket.once("readable", resolve);
          socket.once("close", () => reject(new Error("closed")));
        });
        continue;
      }
      parts.push(bytes);
      missing -= bytes.length;
    }
    return Buffer.concat(parts);
  };
}

/** Up to a zero byte. */
async function readText(read: Read): Promise<string> {
  let text = "";
  for (let byte = (await read(1))[0]; byte !== 0 && byte !== undefined; byte = (await read(1))[0]) {
    text += String.fromCharCode(byte);
  }
  return text;
}
