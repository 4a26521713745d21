import type { Failure } from "../shared/failure.ts";
import { formatUsd } from "../shared/money.ts";
import type { Book, ServerState, Spend } from "../shared/protocol.ts";
import type { ProcessState } from "./server-process.ts";

/** What the status bar knows when it draws itself. */
export interface StatusFacts {
  setup: "nothing" | "playground" | "ready";
  process: ProcessState;
  stoppedBecause: string | null;
  /** null before the server said anything. */
  server: ServerState | null;
  spend: Spend | null;
  trusted: boolean;
  /** "" on this machine, "WSL: Ubuntu" and the like elsewhere: the books are this host's. */
  hostLabel: string;
}

export interface StatusText {
  /** With codicons, as the status bar takes it. */
  text: string;
  /** Markdown. */
  tooltip: string;
  command: string;
  warning: boolean;
}

/** The words of the status bar item: today's money, or why there is none. */
export function describeStatus(facts: StatusFacts): StatusText {
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
  const working = (facts.server?.working ?? 0) > 0;
  return {
    text: `${working ? "$(loading~spin)" : facts.trusted ? "$(compass)" : "$(shield)"} ${moneyWords(facts)}`,
    tooltip: tooltipOf(facts, null),
    command: chat,
    warning: false,
  };
}

/** Says what it is, not what it shows: a label that changed with every answer would be read out with every answer. */
export const statusAccessibility = { label: "Wayfare: today's spending and state", role: "button" } as const;

function moneyWords({ setup, spend }: StatusFacts): string {
  if (spend === null) return "Wayfare";
  const { real, simulated } = spend;
  const simulatedWords = `${amountOf(simulated)} simulated`;
  if (setup === "ready") return amountOf(real);
  return real.rows.length > 0 ? `${amountOf(real)} · ${simulatedWords}` : simulatedWords;
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
  const ways =
    facts.setup === "nothing"
      ? ["[Add a provider](command:wayfare.addProvider)", "[Use the playground](command:wayfare.usePlayground)"]
      : ["[Settings](command:wayfare.openSettings)"];
  parts.push([...links, ...ways, "[Log](command:wayfare.showLog)"].join(" · "));
  return parts.join("\n\n");
}

function bookParts({ spend, setup, hostLabel }: StatusFacts): string[] {
  if (spend === null) return [];
  const where = hostLabel === "" ? "" : ` on ${escapeMarkdown(hostLabel)}`;
  const parts: string[] = [];
  if (setup === "ready" || spend.real.rows.length > 0) parts.push(bookTable(`Today${where}`, spend.real));
  if (setup === "playground" || spend.simulated.rows.length > 0) {
    parts.push(bookTable("Today, simulated: no money", spend.simulated));
  }
  return parts;
}

/** So many models are listed; the rest is in the sum. */
const MAX_ROWS = 12;

function bookTable(title: string, book: Book): string {
  const held = book.heldNano > 0 ? `, ${formatUsd(book.heldNano)} held` : "";
  const head = `**${title}: ${amountOf(book)}**${held}`;
  if (book.rows.length === 0) return `${head}  \nNothing was asked yet.`;
  const rows = [...book.rows]
    .sort((a, b) => a.tier.localeCompare(b.tier) || (b.costNano ?? 0) - (a.costNano ?? 0))
    .slice(0, MAX_ROWS)
    .map(
      (row) =>
        `| ${row.tier} | ${escapeMarkdown(`${row.providerId}/${row.modelId}`)} | ${row.answers} | ${formatUsd(row.costNano)} |`,
    );
  return [head, "", "| tier | model | answers | cost |", "|:--|:--|--:|--:|", ...rows].join("\n");
}

/** Names of models and messages of servers are foreign text: no link, no markup, no icon comes of them. */
function escapeMarkdown(text: string): string {
  return text.replace(/[\\`*_{}[\]()<>#+!|$~]/g, "\\$&").replace(/\r?\n/g, " ");
}
