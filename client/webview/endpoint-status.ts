import type { EndpointCap } from "../../shared/endpoint.ts";
import {
  endpointCapWords,
  endpointSpending,
  foreignWords,
  isReached,
  unheardWords,
} from "../../shared/endpoint-words.ts";
import { changes, element, icon, textButton } from "./element.ts";
import type { EndpointPageState, FromEndpoint } from "./endpoint-messages.ts";

type Command = Extract<FromEndpoint, { type: "command" }>["command"];

/** What it is doing, in a sentence; what it spent is apart, so that not each answer is read out. */
export function statusWords({ state, enabled, hostLabel, connection }: EndpointPageState): string {
  const where = hostLabel === "" ? "this machine" : hostLabel;
  switch (state?.state) {
    case "running":
      return `Running: tools on ${where} are answered by this window.`;
    case "elsewhere":
      return `Running in another window, which answers tools on ${where}. This one takes over when that one closes.`;
    case "unheard":
      return unheardWords;
    case "foreign":
      return foreignWords(state.port);
    case "failed":
      return state.message;
    case "off":
      return enabled ? "It is not running." : "It is off: no other tool is answered.";
    default:
      return connection === "stopped" ? "It is not running: Wayfare's server is stopped." : "Starting…";
  }
}

/** Which caps are reached: requests are refused, which is to be heard. */
export function reachedWords({ state }: EndpointPageState): string[] {
  return capsOf(state).filter(isReached).map(endpointCapWords);
}

function capsOf(state: EndpointPageState["state"]): readonly EndpointCap[] {
  return state?.state === "running" || state?.state === "elsewhere" ? (state.caps ?? []) : [];
}

/** The state of the endpoint in words, what was spent through it, and the buttons that change it. */
export function endpointStatus(
  command: (name: Command) => void,
  acts: { tryAgain(): void; openCap(at: number): void },
): {
  element: HTMLElement;
  show(state: EndpointPageState): void;
  /** It was tried again. Gives the sentence to read out where that has changed nothing. */
  tried(): string | null;
} {
  const glyph = icon("circle-slash");
  const words = element("p", { class: "block-words" });
  const amount = element("span", { class: "money" });
  const costs = textButton("Costs", "link", () => command("showCosts"));
  const spent = element("p", { class: "dim endpoint-spent" }, amount, costs);
  const simulated = element(
    "p",
    { class: "dim" },
    "Only the playground is set up: what it answers is made up, and costs nothing.",
  );
  const start = textButton("Start", "primary", () => command("startEndpoint"));
  const settings = textButton("Open Settings", "primary", () => command("openSetting"));
  const caps = element("ul", { class: "endpoint-caps" });
  const showCaps = (state: EndpointPageState["state"]): void => {
    const refused = state?.state === "running" ? state.refused : undefined;
    const lines = capsOf(state).map((each, at) =>
      element(
        "li",
        {},
        element(
          "p",
          {},
          endpointCapWords(each),
          " ",
          textButton("Open its setting", "link", () => acts.openCap(at)),
        ),
      ),
    );
    const last =
      refused === undefined
        ? []
        : [
            element(
              "li",
              {},
              element("p", {}, `The last request was refused at ${timeOf(refused.atMs)}. ${refused.message}`),
            ),
          ];
    caps.replaceChildren(...lines, ...last);
    caps.hidden = lines.length + last.length === 0;
  };
  const again = textButton("Try Again", "secondary", acts.tryAgain);
  const unchanged = element("p", { class: "dim" }, "Tried again: nothing has changed.");
  unchanged.hidden = true;
  const stop = textButton("Stop", "secondary", () => command("stopEndpoint"));
  const buttons = element("div", { class: "block-actions" }, start, settings, again, stop);
  const root = element(
    "div",
    { class: "block endpoint-state" },
    glyph,
    element("div", { class: "block-body" }, words, unchanged, caps, spent, simulated, buttons),
  );
  const isNew = changes();
  return {
    element: root,
    show(page) {
      if (!isNew(page)) return;
      const { state, enabled, setup } = page;
      const isStuck = enabled && (state?.state === "failed" || state?.state === "foreign");
      const answers = state?.state === "running" || state?.state === "elsewhere";
      const wasRefused = state?.state === "running" && state.refused !== undefined;
      const isRefusing = wasRefused || capsOf(state).some(isReached);
      const plain = state?.state ?? (page.connection === "stopped" ? "off" : "starting");
      const look = isRefusing ? "refusing" : plain;
      root.dataset.state = look;
      glyph.className = `codicon codicon-${icons[look]}`;
      words.textContent = statusWords(page);
      showCaps(state);
      spent.hidden = !answers;
      if (answers) amount.textContent = capital(endpointSpending(state));
      simulated.hidden = !answers || setup !== "playground";
      start.hidden = enabled;
      settings.hidden = !isStuck;
      again.hidden = !isStuck;
      unchanged.hidden = true;
      stop.hidden = !enabled;
    },
    tried() {
      unchanged.hidden = again.hidden;
      return unchanged.hidden ? null : unchanged.textContent;
    },
  };
}

const icons = {
  off: "circle-slash",
  starting: "sync",
  running: "plug",
  elsewhere: "multiple-windows",
  refusing: "warning",
  unheard: "warning",
  foreign: "warning",
  failed: "error",
} as const;

function timeOf(atMs: number): string {
  return new Intl.DateTimeFormat("en-GB", { timeStyle: "short" }).format(atMs);
}

function capital(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1);
}
