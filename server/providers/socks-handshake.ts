import { isIP } from "node:net";
import type { Duplex } from "node:stream";
import type { SocksProxy } from "./choose-proxy.ts";

/** Why a SOCKS proxy opened no connection, by the protocol's own codes. */
export type SocksRefusal =
  /** It wants a user name and password, and none is set. */
  | "wants-credentials"
  /** It did not take those that are set. */
  | "wrong-credentials"
  /** Its rules forbid the target, or it does without saying why. */
  | "not-allowed"
  /** It found no way to the target, or the target refused. */
  | "target-unreachable"
  /** What it said is no SOCKS of this version. */
  | "not-socks"
  /** A version 4 proxy takes no IPv6 address; the name has to be found by it. */
  | "no-ipv6";

export type SocksStep =
  /** More bytes are needed; `send` goes out first. */
  | { kind: "more"; send: Uint8Array }
  /** The connection stands; `rest` are bytes of the target that came with the last answer. */
  | { kind: "open"; rest: Uint8Array }
  | { kind: "refused"; why: SocksRefusal };

/** One handshake, without a socket: `start` gives the first bytes, and `feed` takes what came, in pieces of any size. */
export interface SocksHandshake {
  start(): SocksStep;
  feed(bytes: Uint8Array): SocksStep;
}

/**
 * Asks a SOCKS proxy for a connection to `host` (a name, or an address without brackets) and `port`. Version 5 is RFC 1928
 * with the user names of RFC 1929; version 4 is the protocol of 1992 with the names of 4a.
 */
export function createSocksHandshake(
  proxy: Pick<SocksProxy, "version" | "credentials">,
  host: string,
  port: number,
): SocksHandshake {
  // No answer is longer than a name of 255 bytes and its frame, and each is read as soon as it is whole.
  let received: Buffer = Buffer.alloc(0);
  let stage: Stage = proxy.version === 5 ? "method" : "reply-4";
  const nothing = Buffer.alloc(0);

  const take = (length: number): void => {
    received = received.subarray(length);
  };
  const connect = (): SocksStep => {
    // Longer than a name may be in DNS: nothing has it.
    if (Buffer.byteLength(host) > 255) return refused("target-unreachable");
    stage = "reply-5";
    return { kind: "more", send: Buffer.concat([Buffer.from([5, 1, 0]), addressOf(host), portOf(port)]) };
  };

  function step(): SocksStep {
    const wait: SocksStep = { kind: "more", send: nothing };
    if (stage === "method") {
      const [version, method] = received;
      if (version !== undefined && version !== 5) return refused("not-socks");
      if (method === undefined) return wait;
      take(2);
      if (method === noCredentials) return connect();
      if (method !== userAndPassword) return refused(proxy.credentials ? "wrong-credentials" : "wants-credentials");
      if (proxy.credentials === null) return refused("wants-credentials");
      stage = "login";
      return { kind: "more", send: login(proxy.credentials) };
    }
    if (stage === "login") {
      const status = received[1];
      if (status === undefined) return wait;
      take(2);
      return status === 0 ? connect() : refused("wrong-credentials");
    }
    if (stage === "reply-5") {
      const [version, code] = received;
      if (version !== undefined && version !== 5) return refused("not-socks");
      // A refusal need not be whole: some proxies close behind its code.
      if (code !== undefined && code !== 0)
        return refused(unreachable5.has(code) ? "target-unreachable" : "not-allowed");
      const length = lengthOfReply5(received);
      if (length === null) return refused("not-socks");
      return received.length < length ? wait : { kind: "open", rest: received.subarray(length) };
    }
    const [version, code] = received;
    if (version !== undefined && version !== 0) return refused("not-socks");
    if (code !== undefined && code !== granted4) return refused(refusals4[code] ?? "not-socks");
    return received.length < 8 ? wait : { kind: "open", rest: received.subarray(8) };
  }

  return {
    start() {
      if (proxy.version === 5) {
        const methods = proxy.credentials ? [noCredentials, userAndPassword] : [noCredentials];
        return { kind: "more", send: Buffer.from([5, methods.length, ...methods]) };
      }
      const request = request4(host, port, proxy.credentials?.user ?? "");
      return request === null ? refused("no-ipv6") : { kind: "more", send: request };
    },
    feed(bytes) {
      received = Buffer.concat([received, bytes]);
      return step();
    },
  };
}

/**
 * Speaks a handshake over an open socket. Gives null when the connection to the target stands, else the refusal; the
 * socket is then destroyed. Throws what the transport says, with Node's and undici's codes, when the socket ends or nothing
 * comes for `timeoutMs`.
 */
export async function speakSocks(
  socket: Duplex,
  handshake: SocksHandshake,
  timeoutMs: number,
): Promise<SocksRefusal | null> {
  try {
    const why = await new Promise<SocksRefusal | null>((resolve, reject) => {
      const fail = (code: string) => () => reject(Object.assign(new Error("SOCKS"), { code }));
      const timer = setTimeout(fail("UND_ERR_CONNECT_TIMEOUT"), timeoutMs);
      const onEnd = fail("ECONNRESET");
      const act = (step: SocksStep): void => {
        if (step.kind === "more") {
          if (step.send.length > 0) socket.write(step.send);
          return;
        }
        if (step.kind === "open" && step.rest.length > 0) socket.unshift(step.rest);
        resolve(step.kind === "open" ? null : step.why);
      };
      const onData = (bytes: Buffer) => {
        // Nothing more is read here: what follows belongs to whoever gets the socket.
        socket.pause();
        const step = handshake.feed(bytes);
        if (step.kind !== "more") release();
        act(step);
        if (step.kind === "more") socket.resume();
      };
      const release = (): void => {
        clearTimeout(timer);
        socket.off("data", onData).off("end", onEnd).off("close", onEnd).off("error", reject);
      };
      socket.on("data", onData).once("end", onEnd).once("close", onEnd).once("error", reject);
      act(handshake.start());
    });
    if (why !== null) drop(socket);
    return why;
  } catch (error) {
    drop(socket);
    throw error;
  }
}

function drop(socket: Duplex): void {
  socket.on("error", () => {}).destroy();
}

type Stage = "method" | "login" | "reply-5" | "reply-4";

const noCredentials = 0;
const userAndPassword = 2;

function refused(why: SocksRefusal): SocksStep {
  return { kind: "refused", why };
}

function login({ user, password }: { user: string; password: string }): Buffer {
  const [name, secret] = [Buffer.from(user), Buffer.from(password)];
  return Buffer.concat([Buffer.from([1, name.length]), name, Buffer.from([secret.length]), secret]);
}

function portOf(port: number): Buffer {
  return Buffer.from([port >> 8, port & 255]);
}

function addressOf(host: string): Buffer {
  const family = isIP(host);
  if (family === 4) return Buffer.from([1, ...bytesOfIpv4(host)]);
  if (family === 6) return Buffer.from([4, ...bytesOfIpv6(host)]);
  const name = Buffer.from(host);
  return Buffer.concat([Buffer.from([3, name.length]), name]);
}

function bytesOfIpv4(address: string): number[] {
  return address.split(".").map(Number);
}

/** Two colons stand for as many zeroes as are missing; the last two groups may be written as an IPv4 address. */
function bytesOfIpv6(address: string): number[] {
  const bytesOf = (part: string): number[] =>
    part === ""
      ? []
      : part.split(":").flatMap((group) => {
          if (group.includes(".")) return bytesOfIpv4(group);
          const value = Number.parseInt(group, 16);
          return [value >> 8, value & 255];
        });
  const [before = "", after] = (address.split("%")[0] ?? "").split("::");
  const [start, end] = [bytesOf(before), bytesOf(after ?? "")];
  return [...start, ...new Array<number>(16 - start.length - end.length).fill(0), ...end];
}

/** Network, host and so on cannot be reached, the target refused, or it did not answer in time (RFC 1928, §6). */
const unreachable5: ReadonlySet<number> = new Set([3, 4, 5, 6]);

/** What comes before the target's own bytes; more than there is while the length is not known. null: no address SOCKS has. */
function lengthOfReply5(reply: Buffer): number | null {
  const [, , , kind, first] = reply;
  if (kind === undefined) return Number.POSITIVE_INFINITY;
  if (kind === 1) return 10;
  if (kind === 4) return 22;
  if (kind !== 3) return null;
  return first === undefined ? Number.POSITIVE_INFINITY : 7 + first;
}

const granted4 = 90;
const refusals4: Readonly<Record<number, SocksRefusal>> = {
  91: "not-allowed",
  92: "wrong-credentials",
  93: "wrong-credentials",
};

/** A name goes behind the user, where the address is one that cannot be (0.0.0.1). */
function request4(host: string, port: number, user: string): Buffer | null {
  const family = isIP(host);
  if (family === 6) return null;
  const address = family === 4 ? bytesOfIpv4(host) : [0, 0, 0, 1];
  const name = family === 4 ? [] : [...Buffer.from(host), 0];
  return Buffer.from([4, 1, port >> 8, port & 255, ...address, ...Buffer.from(user), 0, ...name]);
}
