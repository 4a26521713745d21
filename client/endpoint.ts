import { type EndpointParams, EndpointRequest, type EndpointState } from "../shared/endpoint.ts";
import type { SettingProblem } from "../shared/settings.ts";
import type { Configuration } from "./configuration.ts";
import { readEndpointSettings } from "./endpoint-settings.ts";
import type { EndpointToken } from "./endpoint-token.ts";
import type { Connection, ServerProcess } from "./server-process.ts";
import { createSignal, type Signal } from "./signal.ts";

/** The local endpoint as this window knows it. */
export interface EndpointView {
  /** As the settings say. */
  enabled: boolean;
  port: number;
  /** What is wrong with what is written of both. */
  problems: readonly SettingProblem[];
  /** What the server last said; null: it has not said anything of it yet. */
  state: EndpointState | null;
}

/**
 * Tells the server whether and where other tools are answered, and keeps what it says of it: once it runs and has its
 * settings, and again when the switch, the port or the token changes. A server that was never told to listen is told
 * nothing, and no token is made before.
 */
export interface Endpoint {
  view(): EndpointView;
  readonly onChange: Signal<void>["on"];
  /** For the page and the clipboard, when the person wants to have it. */
  token(): Promise<string>;
  /** Makes another token. Resolves when the server has it, or could not have it. */
  renewToken(): Promise<void>;
  /** Tells the server once more, such as after a port was freed. Resolves when it has answered, or could not. */
  tryAgain(): Promise<void>;
  dispose(): void;
}

export interface EndpointDeps {
  server: Pick<ServerProcess, "state" | "connection" | "onState" | "onEndpointChanged">;
  configuration: Pick<Configuration, "read" | "onChange" | "arrived">;
  token: EndpointToken;
  /** Takes secrets out of a text that is shown or logged. */
  redact(text: string): string;
  log(message: string): void;
}

export function createEndpoint({ server, configuration, token, redact, log }: EndpointDeps): Endpoint {
  const changed = createSignal<void>();
  let state: EndpointState | null = null;
  /** What this life of the server was told; null as parameters: telling it failed, so that it is told again, as it is when stale. */
  let told: { connection: Connection; params: EndpointParams | null; isStale?: true } | null = null;
  /** One request at a time, in order: an older word never lands after a newer one. */
  let line: Promise<void> = Promise.resolve();
  let isDisposed = false;

  const written = () => readEndpointSettings(configuration.read().endpoint);
  const settings = () => written().settings;
  const take = (next: EndpointState | null): void => {
    if (JSON.stringify(next) === JSON.stringify(state)) return;
    state = next;
    changed.fire();
  };
  const tell = async (connection: Connection): Promise<void> => {
    // What is asked through it is asked under these settings: they are there first.
    await configuration.arrived();
    const { enabled, port } = settings();
    const before = told?.connection === connection ? told : null;
    if (!enabled && (before === null || before.params?.enabled === false)) return;
    const params = { enabled, port, token: before?.params?.token ?? "" };
    told = { connection, params: null };
    try {
      // To be switched off it needs no other than it has.
      if (enabled || params.token === "") params.token = await token.read();
      if (before?.isStale === true || JSON.stringify(params) !== JSON.stringify(before?.params)) {
        const answer = await connection.request(EndpointRequest, params);
        if (server.connection() === connection) take(answer);
      }
      told = { connection, params };
    } catch (error) {
      const message = redact(error instanceof Error ? error.message : String(error));
      log(`The local endpoint: ${message}`);
      if (server.connection() === connection) take({ state: "failed", message });
    }
  };
  const follow = (): Promise<void> => {
    line = line.then(async () => {
      const connection = server.connection();
      if (connection !== null && !isDisposed) await tell(connection);
    });
    return line;
  };
  const listeners = [
    server.onState((next) => {
      // What an earlier life said holds no longer.
      if (next === "running") void follow();
      else take(null);
    }),
    server.onEndpointChanged(take),
    configuration.onChange(() => {
      changed.fire();
      void follow();
    }),
    token.onChange(() => void follow()),
  ];
  return {
    view() {
      const { settings: used, problems } = written();
      const { enabled, port } = used;
      return { enabled, port, problems, state: state ?? (enabled ? null : { state: "off" }) };
    },
    onChange: changed.on,
    token: () => token.read(),
    async renewToken() {
      await token.renew();
      await follow();
    },
    async tryAgain() {
      if (told !== null) told = { ...told, isStale: true };
      await follow();
    },
    dispose() {
      isDisposed = true;
      for (const listener of listeners) listener.dispose();
    },
  };
}
