import type {
  ForwardAnswer,
  ForwardFault,
  ForwardIdParams,
  ForwardPiece,
  ForwardRequestParams,
} from "../shared/forward.ts";
import { HostProxyError, type HostSend } from "./host-network.ts";

/**
 * Sends requests for the server through VS Code's own network, to the letter, where `wayfare.network.via` says so. Decides
 * nothing; one life of the server each.
 */
export interface Forwarder {
  open(params: ForwardRequestParams): Promise<ForwardAnswer>;
  /** Reads on only when it is asked, so that a sender who is faster than the reader waits. */
  read(params: ForwardIdParams): Promise<ForwardPiece>;
  /** Not wanted any more: closes its connection. */
  end(params: ForwardIdParams): void;
  /** Ends all that is under way. */
  close(): void;
}

/** As many as the server has sockets to one host; a server that asks for more has lost count. */
const MAX_OPEN = 64;

interface Open {
  abort: AbortController;
  pieces: AsyncIterator<Uint8Array> | null;
}

export function createForwarder(send: HostSend): Forwarder {
  const all = new Map<string, Open>();
  const end = (id: string): void => {
    all.get(id)?.abort.abort();
    all.delete(id);
  };
  return {
    async open({ id, ...request }) {
      if (!request.url.startsWith("https://")) return faultOf(new Error("Only https is forwarded."));
      if (all.size >= MAX_OPEN) return faultOf(new Error(`More than ${MAX_OPEN} requests are under way.`));
      const own: Open = { abort: new AbortController(), pieces: null };
      all.set(id, own);
      try {
        const { status, headers, body } = await send(request, own.abort.signal);
        own.pieces = body;
        return { status, headers };
      } catch (error) {
        all.delete(id);
        return faultOf(error);
      }
    },
    async read({ id }) {
      const pieces = all.get(id)?.pieces;
      try {
        const step = await pieces?.next();
        if (step !== undefined && step.done !== true) return { bytes: Buffer.from(step.value).toString("base64") };
        all.delete(id);
        return { bytes: null };
      } catch (error) {
        end(id);
        return faultOf(error);
      }
    },
    end: ({ id }) => end(id),
    close() {
      for (const id of [...all.keys()]) end(id);
    },
  };
}

function faultOf(error: unknown): ForwardFault {
  const codes: string[] = [];
  let words = "";
  const open = [error];
  // Chains may loop; none is longer in truth.
  for (let links = 0; open.length > 0 && links < 20; links += 1) {
    const link = open.shift();
    if (!(link instanceof Error)) continue;
    if ("code" in link && typeof link.code === "string") codes.push(link.code);
    if (link.message !== "") words = link.message;
    if (link instanceof AggregateError) open.push(...link.errors);
    open.push(link.cause);
  }
  const own = error instanceof HostProxyError ? { proxy: error.proxy } : {};
  return { fault: { codes, words: words.slice(0, 200), ...own } };
}
