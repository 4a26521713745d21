import type { Socket } from "node:net";
import type { NetworkSetting } from "../../shared/settings.ts";
import { networkErrorOf } from "./explain-network-error.ts";
import { type HttpOptions, whereOf } from "./http.ts";
import { abortErrorOf, openWay, parseTarget, type Way } from "./open-way.ts";

/** Makes single connections as a request would make them, to be looked at. Nothing is opened before the first. */
export interface Dialer {
  /**
   * One connection to the host of `url`, by way of the proxy and under the certificates of every request; whoever asked
   * destroys it. `any` takes whatever certificate the host itself shows: nothing may be sent over it. Throws a FailureError,
   * and an AbortError.
   */
  dial(url: URL, certificate: "trusted" | "any", signal: AbortSignal): Promise<Socket>;
  close(): Promise<void>;
}

export function createDialer(network: NetworkSetting, options: HttpOptions = {}): Dialer {
  const timeoutMs = options.connectTimeoutMs ?? 10_000;
  let opened: Promise<Way> | null = null;
  const connect = async (url: URL, certificate: "trusted" | "any"): Promise<Socket> => {
    opened ??= openWay(network, timeoutMs, options.lookup);
    const { protocol, hostname, host, port } = url;
    const open = await (await opened).connectBy({ protocol, hostname, host, port }, certificate);
    return new Promise((resolve, reject) => {
      open((error, socket) => (socket ? resolve(socket) : reject(error)));
    });
  };
  return {
    async dial(url, certificate, signal) {
      const target = parseTarget(url.href);
      if (signal.aborted) throw abortErrorOf(signal);
      const dialled = connect(target, certificate);
      try {
        return await untilAborted(dialled, signal);
      } catch (error) {
        if (!signal.aborted) throw networkErrorOf(error, whereOf(target, network, timeoutMs));
        // It may still come, and nobody waits for it any more.
        dialled.then((socket) => socket.destroy()).catch(() => undefined);
        throw abortErrorOf(signal);
      }
    },
    close: async () => (await opened?.catch(() => null))?.close(),
  };
}

async function untilAborted<Result>(work: Promise<Result>, signal: AbortSignal): Promise<Result> {
  let follow = (): void => undefined;
  const aborted = new Promise<never>((_, reject) => {
    follow = () => reject(abortErrorOf(signal));
    signal.addEventListener("abort", follow, { once: true });
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener("abort", follow);
  }
}
