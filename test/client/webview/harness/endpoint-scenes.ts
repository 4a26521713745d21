import type { EndpointPageState, ToEndpoint } from "../../../../client/webview/endpoint-messages.ts";

/** What the page of the local endpoint is shown, state by state, for tests. */

export const urls = ["http://127.0.0.1:8377", "http://[::1]:8377"];
export const token = `wf-${"aB3_".repeat(10)}xyz`;

export function endpointState(values: Partial<EndpointPageState> = {}): EndpointPageState {
  return {
    setup: "ready",
    connection: "running",
    enabled: true,
    state: { state: "running", urls, spentNano: 12_300_000, requests: 14 },
    hostLabel: "",
    shell: "sh",
    models: [
      "anthropic/claude-opus-4.6",
      "openai/gpt-5.4-mini",
      "openrouter/a-vendor-with-a-long-name/and-a-model-with-a-name-that-is-longer-still",
    ],
    problem: null,
    ...values,
  };
}

interface Scene {
  messages: ToEndpoint[];
  clicks?: string[];
}
const scene = (values: Partial<EndpointPageState> = {}, ...more: ToEndpoint[]): Scene => ({
  messages: [{ type: "state", state: endpointState(values) }, ...more],
});

export const endpointScenes = {
  answering: scene(),
  untouched: scene({ enabled: false, state: { state: "off" } }),
  begins: scene({ state: null }),
  elsewhere: scene({
    state: { state: "elsewhere", urls, spentNano: 0, requests: 0 },
    hostLabel: "WSL: Ubuntu",
  }),
  refused: scene({
    state: {
      state: "failed",
      message:
        "Port 8377 is in use by another program. Close that, or choose another one in wayfare.endpoint.port. It is tried again.",
    },
  }),
  foreign: scene({ state: { state: "foreign", port: 8_377 } }, { type: "tried" }),
  unheard: scene({ enabled: false, state: { state: "unheard" } }),
  revealed: scene({}, { type: "token", token }, { type: "copied", what: "request" }),
  powershell: scene({
    shell: "powershell",
    state: { state: "running", urls: urls.slice(0, 1), spentNano: 0, requests: 1 },
  }),
  many: {
    ...scene({ models: Array.from({ length: 230 }, (_, at) => `openrouter/vendor/model-${at}`) }),
    clicks: ["summary"],
  },
  simulated: scene({
    setup: "playground",
    state: { state: "running", urls, spentNano: 0, requests: 0 },
    models: ["playground/sim-fast", "playground/sim-deep"],
  }),
  nobody: scene({ setup: "nothing", state: null, models: [] }),
  gone: scene({ connection: "stopped", state: null }),
  locked: scene({ problem: "The keyring is locked. Unlock it and try again." }),
};
