import type { SecretStorage } from "vscode";
import { createSignal, type Signal } from "./signal.ts";

/**
 * What other tools show to the local endpoint: one for all windows of this host, in VS Code's secret storage. It goes to
 * the server by request, to the clipboard and the page at the person's word, and nowhere else.
 */
export interface EndpointToken {
  /** The token; makes it where there is none. Rejects where secret storage cannot be used. */
  read(): Promise<string>;
  /** Makes another one: whoever has the old one is not let in any more. */
  renew(): Promise<void>;
  /** Every one that was read or made in this window, for the redactor of logs. */
  known(): Iterable<string>;
  /** It was made or changed, here or in another window. */
  readonly onChange: Signal<void>["on"];
  dispose(): void;
}

const entry = "wayfare.endpointToken";

/** Tokens are made by hand; older ones have long left the log. */
const MAX_KNOWN = 20;

/** `newBytes` gives 32 random bytes. */
export function createEndpointToken(
  secrets: Pick<SecretStorage, "get" | "store" | "onDidChange">,
  newBytes: () => Buffer,
): EndpointToken {
  const changed = createSignal<void>();
  const known = new Set<string>();
  /** One at a time: two that find none at once would each make one. */
  let line: Promise<unknown> = Promise.resolve();
  const remember = (token: string): void => {
    known.add(token);
    const [oldest] = known;
    if (known.size > MAX_KNOWN && oldest !== undefined) known.delete(oldest);
  };
  const make = async (): Promise<void> => {
    const token = `wf-${newBytes().toString("base64url")}`;
    remember(token);
    await secrets.store(entry, token);
  };
  const inTurn = <Result>(run: () => Promise<Result>): Promise<Result> => {
    const result = line.then(run);
    line = result.catch(() => undefined);
    return result;
  };
  const listener = secrets.onDidChange(({ key }) => {
    if (key === entry) changed.fire();
  });
  return {
    read: () =>
      inTurn(async () => {
        if (!isToken(await secrets.get(entry))) await make();
        // Another window may have made one at the same moment: what is kept is what holds.
        const token = await secrets.get(entry);
        if (!isToken(token)) throw new Error("VS Code's secret storage keeps nothing on this host.");
        remember(token);
        return token;
      }),
    renew: () => inTurn(make),
    known: () => known,
    onChange: changed.on,
    dispose: () => listener.dispose(),
  };
}

function isToken(kept: string | undefined): kept is string {
  return kept !== undefined && /^wf-[A-Za-z0-9_-]{43}$/.test(kept);
}
