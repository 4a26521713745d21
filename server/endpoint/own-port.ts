import type { EndpointMoney, EndpointParams, EndpointState } from "../../shared/endpoint.ts";
import type { WhyClosed } from "./closed-faults.ts";
import type { PortHolder } from "./look-at-port.ts";

/** The endpoint of one window among several: the first owns the port, the next takes over when that closes. */
export interface PortOwner {
  /** Takes new settings; resolves when it is known what came of them. */
  set(params: EndpointParams): Promise<EndpointState>;
  state(): EndpointState;
  /** The money of today may be another. */
  refresh(): void;
  close(): Promise<void>;
}

/** What listens, once it does. */
export interface Listening {
  urls: readonly string[];
  /** Answers under way are told `why`. */
  close(why?: WhyClosed): Promise<void>;
}

export interface PortOwnerDeps {
  /** Rejects with the system's error where the port is not to be had. */
  listen(params: Pick<EndpointParams, "port" | "token">): Promise<Listening>;
  /** Who answers at a port of this machine, and whether by our token. */
  lookAt(port: number, token: string): Promise<PortHolder>;
  /** Of today, of all windows. Throws where the books cannot be read. */
  spent(): EndpointMoney;
  onState(state: EndpointState): void;
  onFault(error: unknown): void;
  later(delayMs: number, run: () => void): () => void;
}

/** A port that another window gives up is taken over this late at most. */
const TRY_AGAIN_MS = 1_000;
/**
 * Where windows hear of each other's tokens they do within moments; so often the port is looked at again before one is said
 * not to have heard.
 */
const LOOKS_FOR_NEW_TOKEN = 2;
/** So long after it was switched off all windows have heard of it that will; who waited for the port has taken it. */
const LOOK_AFTER_STOP_MS = 2_000;
const nothing: EndpointMoney = { spentNano: 0, requests: 0 };

export function createPortOwner(deps: PortOwnerDeps): PortOwner {
  let wanted: EndpointParams | null = null;
  let listening: Listening | null = null;
  let state: EndpointState = { state: "off" };
  /** How often the other window may still show the token that was renewed here. */
  let patience = 0;
  let callOff = (): void => undefined;
  /** One change after the other: a port is given up before it is asked for again. */
  let queue: Promise<unknown> = Promise.resolve();

  const say = (next: EndpointState): EndpointState => {
    const isNew = JSON.stringify(next) !== JSON.stringify(state);
    state = next;
    if (isNew) deps.onState(next);
    return next;
  };
  const spent = () => {
    try {
      return deps.spent();
    } catch (error) {
      deps.onFault(error);
      return nothing;
    }
  };
  const release = async (why: WhyClosed): Promise<void> => {
    callOff();
    const held = listening;
    listening = null;
    await held?.close(why);
  };
  const take = async (params: EndpointParams): Promise<EndpointState> => {
    try {
      listening = await deps.listen(params);
      return say({ state: "running", urls: [...listening.urls], ...spent() });
    } catch (error) {
      callOff = deps.later(TRY_AGAIN_MS, () => void enqueue(() => (wanted === params ? take(params) : null)));
      const { port } = params;
      if (codeOf(error) === "EACCES") {
        return say({
          state: "failed",
          message: `This machine lets nobody but its administrator use port ${port}. Choose one from 1024 on in wayfare.endpoint.port.`,
        });
      }
      if (codeOf(error) !== "EADDRINUSE") {
        const words = error instanceof Error ? error.message : String(error);
        return say({ state: "failed", message: `The endpoint cannot listen on port ${port}: ${words}.` });
      }
      const holder = await deps.lookAt(port, params.token);
      if (holder === "ours") return say({ state: "elsewhere", urls: [`http://127.0.0.1:${port}`], ...spent() });
      if (holder === "wayfare" && state.state === "elsewhere" && patience > 0) {
        patience -= 1;
        return state;
      }
      if (holder === "wayfare") return say({ state: "foreign", port });
      return say({
        state: "failed",
        message: `Another program uses port ${port}. End it, or choose another port in wayfare.endpoint.port.`,
      });
    }
  };
  /** Once, and again for as long as a window that did not hear of it goes on. */
  const lookAfterStop = (off: EndpointParams, was: EndpointParams): void => {
    callOff = deps.later(
      LOOK_AFTER_STOP_MS,
      () =>
        void enqueue(async () => {
          if (wanted !== off) return;
          const isAnswered = (await deps.lookAt(was.port, was.token)) === "ours";
          if (wanted !== off) return;
          say({ state: isAnswered ? "unheard" : "off" });
          if (isAnswered) lookAfterStop(off, was);
        }),
    );
  };
  const enqueue = <Result>(run: () => Promise<Result> | null): Promise<Result | null> => {
    const done = queue.then(run);
    queue = done.catch(deps.onFault);
    return done;
  };

  return {
    async set(params) {
      const isSame = JSON.stringify(params) === JSON.stringify(wanted);
      if (isSame && (listening !== null || !params.enabled)) return state;
      const isRenewed =
        params.enabled && wanted?.enabled === true && wanted.port === params.port && wanted.token !== params.token;
      const was = wanted;
      wanted = params;
      const found = await enqueue(async () => {
        patience = isRenewed ? LOOKS_FOR_NEW_TOKEN : 0;
        await release(isRenewed ? "renewed" : "stopped");
        if (wanted !== params) return state;
        if (params.enabled) return take(params);
        if (was?.enabled === true) lookAfterStop(params, was);
        return say({ state: "off" });
      });
      return found ?? state;
    },
    state: () => state,
    refresh() {
      if (state.state === "running" || state.state === "elsewhere") {
        const { state: name, urls } = state;
        say({ state: name, urls, ...spent() });
      }
    },
    async close() {
      wanted = null;
      await enqueue(() => release("stopped"));
      state = { state: "off" };
    },
  };
}

function codeOf(error: unknown): string | null {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : null;
}
