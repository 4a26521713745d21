import { capName, capUsd, howOften } from "../shared/cap-words.ts";
import type { EndpointState } from "../shared/endpoint.ts";
import { endpointCapWords, endpointSpending, foreignWords, unheardWords } from "../shared/endpoint-words.ts";
import type { Failure } from "../shared/failure.ts";
import { formatUsd } from "../shared/money.ts";
import type { Book, CapState, ServerState, Spend } from "../shared/protocol.ts";
import type { SettingProblem } from "../shared/settings.ts";
import { isKeyOurs } from "../shared/told-failure.ts";
import { type PresetsByProvider, vendorPageFor } from "../shared/vendor-pages.ts";
import { canBeRaised, forecastWords } from "./cap-words.ts";
import type { CompletionsStatus } from "./completion-gate.ts";
import type { ProcessState } from "./server-process.ts";

/** What the status bar knows when it draws itself. */
export interface StatusFacts {
  setup: "nothing" | "playground" | "ready";
  process: ProcessState;
  stoppedBecause: string | null;
  /** null before the server said anything. */
  server: ServerState | null;
  spend: Spend | null;
  completions: CompletionsStatus;
  /** What the server says of the local endpoint; null or absent: nothing yet. */
  endpoint?: EndpointState | null;
  /** What is wrong with its settings; absent: nothing. */
  endpointProblems?: readonly SettingProblem[];
  /** Which vendor each provider is; absent: none that is known. */
  vendors?: PresetsByProvider;
  trusted: boolean;
  /** "" on this machine, "WSL: Ubuntu" and the like elsewhere: the books are this host's. */
  hostLabel: string;
  /** For what is said of times to come; milliseconds since 1970, in the local time of `timeZone` (IANA), or of this machine. */
  nowMs: number;
  timeZone?: string;
}

export interface StatusText {
  /** With codicons, as the status bar takes it. */
  text: string;
  /** For screen readers. */
  label: string;
  /** Markdown. */
  tooltip: string;
  command: string;
  warning: boolean;
}

/** The words of the status bar item: today's money, or why there is none. */
export function describeStatus(facts: StatusFacts): StatusText {
  const shown = shownOf(facts);
  return { ...shown, label: shown.label ?? shown.text.replace(/\$\([^)]*\)/g, "").trim() };
}

/** Without a label it is called what it shows, but for the icons. */
function shownOf(facts: StatusFacts): Omit<StatusText, "label"> & { label?: string } {
  const chat = "wayfare.focusChat";
  if (facts.setup === "nothing") {
    return {
      text: "$(compass) Wayfare: set up",
      tooltip: tooltipOf(facts, "Nothing is set up yet. Add a provider, or try the playground: simulated and free."),
      command: chat,
      warning: false,
    };
  }
  if (facts.process === "stopped") {
    return {
      text: "$(error) Wayfare: stopped",
      tooltip: tooltipOf(facts, facts.stoppedBecause ?? "The server is stopped.", restartLink),
      command: "wayfare.restartServer",
      warning: true,
    };
  }
  if (facts.process === "restarting") {
    return {
      text: "$(sync~spin) Wayfare: restarting",
      tooltip: tooltipOf(
        facts,
        "The server ended and is being started again. Nothing but the answer in flight is lost.",
      ),
      command: chat,
      warning: false,
    };
  }
  const silent = facts.process === "running" ? (facts.server?.silent ?? null) : null;
  if (silent !== null) {
    return {
      text: `$(warning) Wayfare: ${silentWord(silent)}`,
      tooltip: tooltipOf(facts, escapeMarkdown(silent.message)),
      command: chat,
      warning: true,
    };
  }
  const working = (facts.server?.working ?? 0) > 0 || facts.completions.state === "working";
  const cap = nearestCap(facts);
  return {
    text: `${working ? "$(loading~spin)" : facts.trusted ? "$(compass)" : "$(shield)"} ${moneyWords(facts)}${endpointMark(facts)}${completionWords(facts)}`,
    label: labelOf(facts),
    tooltip: tooltipOf(facts, null),
    command: chat,
    warning: cap !== null && (cap.isUnreadable === true || cap.spentNano >= cap.limitNano),
  };
}

/** What screen readers say of it: the sums as sentences have them, and in words what are icons to the eye. */
function labelOf(facts: StatusFacts): string {
  return [`Wayfare${spokenMoney(facts)}`, spokenEndpoint(facts.endpoint), spokenCompletions(facts.completions)]
    .filter((part) => part !== "")
    .join(", ");
}

function spokenMoney(facts: StatusFacts): string {
  const cap = nearestCap(facts);
  if (facts.spend === null) return "";
  if (cap !== null && cap.isUnreadable !== true) {
    const unknown = facts.spend.real.unknown > 0 ? " and a cost that is not known" : "";
    return `: ${formatUsd(cap.spentNano)}${unknown} spent of ${capUsd(cap.limitNano)} ${howOften[cap.period]}`;
  }
  return cap === null ? `: ${moneyWords(facts)} spent today` : `: ${moneyWords(facts)}`;
}

function spokenEndpoint(endpoint: StatusFacts["endpoint"]): string {
  switch (endpoint?.state) {
    case "running":
      return "the local endpoint runs";
    case "elsewhere":
      return "the local endpoint runs in another window";
    case "unheard":
      return "another window still answers other tools";
    case "foreign":
    case "failed":
      return "the local endpoint does not answer";
    default:
      return "";
  }
}

function spokenCompletions({ reason }: CompletionsStatus): string {
  return reason === null ? "" : `no completions: ${reason}`;
}

function moneyWords(facts: StatusFacts): string {
  const { setup, spend } = facts;
  if (spend === null) return "Wayfare";
  const { real, simulated } = spend;
  const cap = nearestCap(facts);
  if (cap?.isUnreadable === true) return "cap unreadable";
  if (cap !== null) {
    // A sum without the costs nobody knows must not look like all of it.
    const unknown = real.unknown > 0 ? " + ?" : "";
    return `${formatUsd(cap.spentNano)}${unknown} · ${capUsd(cap.limitNano)}${periodSigns[cap.period]}`;
  }
  const simulatedWords = `${amountOf(simulated)} simulated`;
  if (setup === "ready") return amountOf(real);
  return real.rows.length > 0 ? `${amountOf(real)} · ${simulatedWords}` : simulatedWords;
}

/** Simulated money is under no cap, and while completions are off theirs is no news. One that cannot be read is the nearest. */
function nearestCap({ setup, spend, completions }: StatusFacts): CapState | null {
  const counts = ({ scope }: CapState) => scope !== "completions" || completions.state !== "off";
  if (setup !== "ready") return null;
  const caps = (spend?.caps ?? []).filter(counts);
  return caps.find(({ isUnreadable }) => isUnreadable === true) ?? caps[0] ?? null;
}

const periodSigns = { daily: "", weekly: "/week", monthly: "/month", total: " in total" } as const;

/** Other tools are answered by this window, or by none though they should be, or though they should not. */
function endpointMark({ endpoint }: StatusFacts): string {
  if (endpoint !== undefined && endpoint !== null && endpointTroubles.has(endpoint.state)) return " $(plug)$(warning)";
  return endpoint?.state === "running" ? " $(plug)" : "";
}

const endpointTroubles: ReadonlySet<EndpointState["state"]> = new Set(["failed", "foreign", "unheard"]);

/** Why no completion comes, where the person wants them. */
function completionWords({ completions }: StatusFacts): string {
  return completions.reason === null ? "" : ` $(circle-slash) ${completions.reason}`;
}

/** A sum with an unknown cost in it is at least what is shown. */
function amountOf(book: Book): string {
  if (book.unknown === 0) return formatUsd(book.spentNano);
  return book.spentNano === 0 ? "$?" : `${formatUsd(book.spentNano)} + ?`;
}

function silentWord(silent: Failure): string {
  if (silent.kind === "ledger") return "ledger problem";
  if (silent.kind === "setup") return "needs setup";
  if (silent.kind === "budget") return "budget reached";
  return "paused";
}

const restartLink = "[Restart the server](command:wayfare.restartServer)";

function tooltipOf(facts: StatusFacts, state: string | null, ...links: string[]): string {
  const parts: string[] = [];
  if (state !== null) parts.push(state);
  if (!facts.trusted) parts.push("Restricted Mode: Wayfare answers what you type and sends no file.");
  if (facts.setup !== "nothing" && facts.spend !== null) parts.push(...bookParts(facts));
  if (facts.setup !== "nothing") parts.push(completionsLine(facts.completions), ...troubleParts(facts));
  parts.push(...endpointParts(facts));
  const ways =
    facts.setup === "nothing"
      ? ["[Add a provider](command:wayfare.addProvider)", "[Use the playground](command:wayfare.usePlayground)"]
      : ["[Costs](command:wayfare.showCosts)", "[Settings](command:wayfare.openSettings)"];
  parts.push([...links, ...ways, "[Log](command:wayfare.showLog)"].join(" · "));
  return parts.join("\n\n");
}

function bookParts(facts: StatusFacts): string[] {
  const { spend, setup, hostLabel } = facts;
  if (spend === null) return [];
  const where = hostLabel === "" ? "" : ` on ${escapeMarkdown(hostLabel)}`;
  const parts: string[] = [];
  if (setup === "ready" || spend.real.rows.length > 0) parts.push(bookTable(`Today${where}`, spend.real));
  if (spend.caps.length > 0) parts.push(capTable(spend.caps, where, facts));
  if (setup === "playground" || spend.simulated.rows.length > 0) {
    parts.push(bookTable("Simulated today", spend.simulated));
  }
  return parts;
}

/** So many models are listed; the rest is in the sum. */
const MAX_ROWS = 12;

function bookTable(title: string, book: Book): string {
  const here = book.hereNano === undefined ? "" : `, ${formatUsd(book.hereNano)} of it in this workspace`;
  const held = book.heldNano > 0 ? `, ${formatUsd(book.heldNano)} held` : "";
  const head = `**${title}: ${amountOf(book)}**${here}${held}`;
  if (book.rows.length === 0) return `${head}  \nNothing was asked yet.`;
  const rows = [...book.rows]
    .sort((a, b) => a.tier.localeCompare(b.tier) || (b.costNano ?? 0) - (a.costNano ?? 0))
    .slice(0, MAX_ROWS)
    .map(
      (row) =>
        `| ${row.tier} | ${escapeMarkdown(`${row.providerId}/${row.modelId}`)} | ${row.answers === 0 ? "–" : row.answers} | ${formatUsd(row.costNano)} |`,
    );
  return [head, "", "| tier | model | answers | cost |", "|:--|:--|--:|--:|", ...rows].join("\n");
}

/** What is held counts like what is spent until its true cost is known. */
function capTable(caps: readonly CapState[], where: string, { nowMs, timeZone }: StatusFacts): string {
  const rows = caps.map((cap) => {
    if (cap.isUnreadable === true) return `| ${capName(cap)} | unreadable: correct ${cap.setting} | | | |`;
    const left = Math.max(0, cap.limitNano - cap.spentNano - cap.heldNano);
    const soon = cap.reachedAtMs === undefined ? "" : `, ${forecastWords(cap.reachedAtMs, nowMs, timeZone)}`;
    const raised = cap.raisedNano > 0 ? ` (${capUsd(cap.raisedNano)} more for today)` : "";
    return `| ${capName(cap)}${raised} | ${capUsd(cap.limitNano)} | ${formatUsd(cap.spentNano)} | ${formatUsd(cap.heldNano)} | ${formatUsd(left)}${soon} |`;
  });
  const raise = caps.some(canBeRaised) ? ["", "[Raise for today](command:wayfare.raiseCap)"] : [];
  return [`**Caps${where}**`, "", "| | cap | spent | held | left |", "|:--|--:|--:|--:|--:|", ...rows, ...raise].join(
    "\n",
  );
}

function completionsLine({ state, reason }: CompletionsStatus): string {
  if (state === "off") {
    const why = reason === null ? "off" : `off: ${escapeMarkdown(reason)}`;
    return `Completions are ${why}. [Turn on](command:wayfare.turnOnCompletions)`;
  }
  const ways = "[Snooze](command:wayfare.snoozeCompletions) · [Turn off](command:wayfare.turnOffCompletions)";
  if (state === "working") return `A completion is under way. ${ways}`;
  if (reason?.startsWith("snoozed") === true) {
    return `Completions are ${reason}. [Resume](command:wayfare.resumeCompletions) · [Turn off](command:wayfare.turnOffCompletions)`;
  }
  return reason === null ? `Completions are on. ${ways}` : `No completion here: ${escapeMarkdown(reason)}. ${ways}`;
}

/** Where other tools are answered and what they spent today, or why they are not. */
function endpointParts({ endpoint, endpointProblems = [] }: StatusFacts): string[] {
  if (endpoint === undefined || endpoint === null || endpoint.state === "off") return [];
  const name = "[Local endpoint](command:wayfare.showEndpoint)";
  if (endpoint.state === "failed") return [`${name}: ${escapeMarkdown(endpoint.message)}`];
  if (endpoint.state === "unheard") return [`${name}: ${unheardWords}`];
  if (endpoint.state === "foreign") return [`${name}: ${escapeMarkdown(foreignWords(endpoint.port))}`];
  const hosts = endpoint.urls.slice(0, 1).map((url) => escapeMarkdown(url.replace(/^\w+:\/\//, "")));
  const where = endpoint.state === "elsewhere" ? ["answered by another window"] : [];
  // Caps of all books stand in the table of caps.
  const ofBooks = (endpoint.caps ?? []).filter(({ cap }) => cap.scope !== "global");
  return [
    [
      `${name}: ${[...hosts, ...where, endpointSpending(endpoint)].join(", ")}`,
      ...ofBooks.map((each) => escapeMarkdown(endpointCapWords(each))),
      ...endpointProblems.map(({ field, message }) => escapeMarkdown(`${field}: ${message}`)),
    ].join("  \n"),
  ];
}

/** What the vendor said, what to do, and the vendor's own page for it. */
function troubleParts({ completions: { trouble }, vendors = {} }: StatusFacts): string[] {
  if (trouble === undefined) return [];
  const { failure, providerId } = trouble;
  const preset = vendors[providerId];
  const page = preset === undefined ? null : vendorPageFor(failure, preset);
  const key = failure.kind === "auth" && isKeyOurs(failure) ? "[Change the key](command:wayfare.changeKey)" : null;
  const ways = [key, page === null ? null : `[${escapeMarkdown(page.words)}](${page.url})`].filter(
    (way) => way !== null,
  );
  return [[escapeMarkdown(failure.message), ...(ways.length === 0 ? [] : [ways.join(" · ")])].join(" ")];
}

/** Names of models and messages of servers are foreign text: no link, no markup, no icon comes of them. */
function escapeMarkdown(text: string): string {
  const plain = text.replace(/[\\`*_{}[\]()<>#+!|$~]/g, "\\$&").replace(/\r?\n/g, " ");
  // A bare address would become a link.
  return plain.replace(/:\/\//g, "\\://").replace(/\bwww\./gi, "www\\.");
}
