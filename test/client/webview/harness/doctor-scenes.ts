import type { DoctorPageState, ToDoctor } from "../../../../client/webview/doctor-messages.ts";
import {
  checkTitles,
  type DoctorRow,
  type GeneralCheck,
  generalGroup,
  type ProviderCheck,
  providerRowId,
} from "../../../../shared/doctor.ts";

/** What the doctor's page is shown, state by state, for pictures and for tests. */

export function row(check: ProviderCheck, values: Partial<DoctorRow> = {}, provider = "openai"): DoctorRow {
  return {
    id: providerRowId(provider, check),
    group:
      provider === "openai" ? "openai: OpenAI, api.openai.com" : `${provider}: LiteLLM proxy, gate.corp.example:4000`,
    title: checkTitles[check],
    state: "ok",
    seen: "",
    advice: null,
    ways: [],
    ...values,
  };
}
function general(check: GeneralCheck, values: Partial<DoctorRow>): DoctorRow {
  return { ...row("key", values), id: check, group: generalGroup, title: checkTitles[check] };
}

export const rows: DoctorRow[] = [
  row("address", { seen: "api.openai.com is at 162.159.140.245, 172.66.0.243, found in 12 ms." }),
  row("reach", { seen: "Connected to 162.159.140.245 in 48 ms, by TLSv1.3." }),
  row("tls", {
    state: "warning",
    seen: "It is signed by Corp Example Inspection CA 3, valid until 2027-01-14. It is trusted by this machine's own store.",
    advice:
      "Corp Example Root is no public authority: a proxy or a virus scanner of this machine or network opens the connection and reads what is sent, your key too. In a company that is usual; elsewhere find out who it is.",
  }),
  row("proxy", {
    seen: "By the proxy proxy.corp.example:3128, named in HTTPS_PROXY, with the user name in HTTPS_PROXY.",
  }),
  row("key", {
    state: "broken",
    seen: 'api.openai.com refused the key (401): "Incorrect API key provided." Enter another one.',
    ways: [
      { kind: "command", words: "Change the key", command: "changeKey" },
      { kind: "link", words: "OpenAI: keys", url: "https://platform.openai.com/api-keys" },
    ],
  }),
  row("models", { state: "skipped", seen: "The list is not given without a key that is accepted." }),
  row("call", {
    state: "skipped",
    seen: "Not asked. One word of gpt-5.4-mini costs at most $0.0011, and is sent only when you allow it.",
    offer: { providerId: "openai", modelId: "gpt-5.4-mini", boundNano: 1_100_000 },
  }),
  row(
    "address",
    {
      state: "broken",
      seen: "The address of gate.corp.example:4000 was not found. Check the host name in the base URL, and your network or VPN.",
      ways: [{ kind: "setting", words: "Open wayfare.providers", setting: "wayfare.providers" }],
    },
    "gate",
  ),
  row("reach", { state: "checking" }, "gate"),
  row("tls", { state: "checking" }, "gate"),
  row("proxy", { state: "checking" }, "gate"),
  row("key", { state: "waiting" }, "gate"),
  row("models", { state: "waiting" }, "gate"),
  row("call", { state: "waiting" }, "gate"),
  general("ledger", {
    seen: "/home/ann/.config/Code/User/globalStorage/wayfare.wayfare/wayfare.sqlite: 2.4 MB, schema 14 of 14; it can be written, and every page was read and is sound.",
  }),
  general("clock", {
    state: "warning",
    seen: "It is 7 minutes ahead of api.openai.com.",
    advice: "Set this machine's clock by the network: days of spending, prices by the hour and certificates go by it.",
  }),
  general("settings", {
    state: "broken",
    seen: 'wayfare.tiers.cheap[1]: "gpt" names no provider. Write provider/model.\nwayfare.budget.daily: "much" is no amount.',
    advice: "The rest of the settings hold.",
    ways: [
      { kind: "setting", words: "Open wayfare.tiers.cheap", setting: "wayfare.tiers.cheap" },
      { kind: "setting", words: "Open wayfare.budget.daily", setting: "wayfare.budget.daily" },
    ],
  }),
  general("ignored", { seen: "No file of this workspace tries to set more than it may." }),
  general("others", {
    state: "warning",
    seen: "GitHub Copilot completes code here, too, and Wayfare leaves GitHub Copilot the field.",
    advice: "Turn the completions of GitHub Copilot off, or say that Wayfare is to complete.",
    ways: [{ kind: "command", words: "Let Wayfare complete", command: "turnOnCompletions" }],
  }),
  general("versions", {
    seen: "Wayfare 0.1.0, Visual Studio Code 1.139.1, Node 24.21.0, linux x64. The server: Node 24.21.0, SQLite 3.53.4, 88 MB.",
  }),
  general("caps", {
    seen: "This workspace, a day: $0.21 spent of $1.00.\nAll workspaces, a month: $3.10 spent of $20.00.",
  }),
  general("trust", { seen: "This workspace is trusted." }),
];
export const endedRows = rows.map(
  (each): DoctorRow =>
    each.state === "checking" || each.state === "waiting"
      ? { ...each, state: "skipped", seen: "There is no connection to look at." }
      : each,
);

export function doctorState(values: Partial<DoctorPageState> = {}): DoctorPageState {
  return { setup: "ready", connection: "running", problem: null, rows: endedRows, run: "none", ...values };
}

const scene = (values: Partial<DoctorPageState> = {}): { messages: ToDoctor[] } => ({
  messages: [{ type: "state", state: doctorState(values) }],
});

export const doctorScenes = {
  ended: scene(),
  checking: scene({ rows, run: "all" }),
  one: scene({
    rows: endedRows.map((each) =>
      each.id === "provider openai key" ? { ...each, state: "checking", seen: "" } : each,
    ),
    run: "one",
  }),
  unset: scene({ setup: "nothing", rows: endedRows.slice(-4) }),
  stopped: scene({ connection: "stopped" }),
  problem: scene({ problem: "Wayfare's server does not run." }),
};
