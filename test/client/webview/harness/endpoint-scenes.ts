import type { EndpointPageState, ToEndpoint } from "../../../../client/webview/endpoint-messages.ts";
import type { CapState } from "../../../../shared/protocol.ts";

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
    settingProblems: [],
    keyless: [],
    ...values,
  };
}

const cap: CapState = {
  id: "global.daily",
  scope: "global",
  period: "daily",
  limitNano: 1_000_000_000,
  raisedNano: 0,
  spentNano: 1_000_000_000,
  heldNano: 0,
  setting: "wayfare.budget.daily",
};
const ofBook = { ...cap, id: "workspace.daily", scope: "workspace" } as const;

/** Answers at three caps: one is reached, one nearly, and one cannot be read. */
export const tight = {
  state: "running",
  urls,
  spentNano: 1_170_000_000,
  requests: 214,
  caps: [
    { book: null, cap },
    {
      book: "ci",
      cap: {
        ...ofBook,
        limitNano: 200_000_000,
        spentNano: 160_000_000,
        heldNano: 10_000_000,
        setting: "wayfare.endpoint.workspaces.ci.daily",
      },
    },
    {
      book: "night",
      cap: {
        ...ofBook,
        limitNano: 0,
        spentNano: 0,
        isUnreadable: true,
        setting: "wayfare.endpoint.workspaces.night.daily",
      },
    },
  ],
  refused: {
    atMs: Date.parse("2026-11-18T12:04:00Z"),
    message: "This needs at least $0.01, which does not fit under your $1.00 a day.",
  },
} satisfies EndpointPageState["state"];

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
  atCaps: scene({ state: tight }),
  mistaken: scene({
    settingProblems: [
      "wayfare.endpoint.port: 99 is not a port from 1024 to 65535. 8377 is used. Write a whole number between them.",
    ],
    keyless: ['"anthropic" has no key. Run "Wayfare: Change Key" and enter the key for https://api.anthropic.com.'],
  }),
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
