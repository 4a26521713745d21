import type { DoctorRow } from "../shared/doctor.ts";
import type { ServerFacts } from "../shared/protocol.ts";
import type { VettedSettings } from "./read-settings.ts";
import type { ProcessState } from "./server-process.ts";

export interface DiagnosticFacts {
  extensionVersion: string;
  editor: string;
  editorVersion: string;
  platform: string;
  node: string;
  hostLabel: string;
  trusted: boolean;
  folders: number;
  settings: VettedSettings;
  process: ProcessState;
  stoppedBecause: string | null;
  /** null when no server runs. */
  server: ServerFacts | null;
  /** What the doctor found when it was last run; empty: it was not. */
  doctor: readonly DoctorRow[];
  /** The latest lines of the log, oldest first. */
  log: readonly string[];
}

/**
 * The text of "Copy Diagnostics": what someone who helps needs to know, in markdown. Of the settings only the fields that
 * Wayfare knows are shown, and of headers only the names, since whatever else stands there may be a secret; the caller
 * passes the whole through the redactor as well.
 */
export function describeDiagnostics(facts: DiagnosticFacts): string {
  const { settings, server } = facts;
  const lines = [
    "## Wayfare diagnostics",
    "",
    `- Wayfare ${facts.extensionVersion}, ${facts.editor} ${facts.editorVersion}, ${facts.platform}, Node ${facts.node}`,
    `- host: ${facts.hostLabel === "" ? "this machine" : facts.hostLabel}; folders: ${facts.folders}; ${facts.trusted ? "trusted" : "Restricted Mode"}`,
    `- server: ${facts.process}${facts.stoppedBecause === null ? "" : `, ${facts.stoppedBecause}`}`,
    ...(server === null ? [] : serverLines(server)),
    "",
    "### Settings",
    "",
    "```json",
    JSON.stringify(
      knownSettings({
        ...settings.settings,
        "network.extraCaFile": settings.extraCaFile,
        "network.via": settings.via,
        "network.clientCertificates": settings.clientCertificates,
        "endpoint.enabled": settings.endpoint.enabled,
        "endpoint.port": settings.endpoint.port,
      }),
      null,
      2,
    ),
    "```",
  ];
  if (settings.problems.length > 0) {
    lines.push(
      "",
      "### Ignored settings",
      "",
      ...settings.problems.map(({ field, message }) => `- ${field}: ${message}`),
    );
  }
  if (server !== null && server.recentFailures.length > 0) {
    lines.push("", "### Recent failures", "");
    for (const { atMs, route, kind, message } of server.recentFailures) {
      lines.push(`- ${new Date(atMs).toISOString()} ${route} ${kind}: ${message.replace(/\s+/g, " ")}`);
    }
  }
  if (facts.doctor.length > 0) lines.push("", "### Doctor", "", ...facts.doctor.map(doctorLine));
  if (facts.log.length > 0) lines.push("", "### Log", "", "```", ...facts.log, "```");
  return `${lines.join("\n")}\n`;
}

/** "- broken: openai: OpenAI, api.openai.com, Key: The key was refused. → What to do." */
function doctorLine({ state, group, title, seen, advice }: DoctorRow): string {
  const line = (words: string) => words.replace(/\s+/g, " ");
  return `- ${state}: ${group}, ${title}: ${line(seen)}${advice === null ? "" : ` → ${line(advice)}`}`;
}

function serverLines(server: ServerFacts): string[] {
  const megabytes = Math.round(server.rssBytes / 1_000_000);
  const ledger = server.ledgerProblem ?? server.ledgerPath ?? "not open";
  return [
    `- server process: pid ${server.pid}, Node ${server.node}, ${megabytes} MB, up in ${Math.round(server.startupMs)} ms, ${server.requests} requests`,
    `- ledger: ${ledger}; SQLite ${server.sqlite ?? "not there"}`,
  ];
}

/** Gives of a value what may be shown. */
type Show = (value: unknown) => unknown;

const leftOut = "[left out]";
const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const plain: Show = (value) => (typeof value === "object" && value !== null ? leftOut : value);
const names: Show = (value) =>
  isRecord(value) ? Object.fromEntries(Object.keys(value).map((name) => [name, leftOut])) : leftOut;
const listOf =
  (each: Show): Show =>
  (value) =>
    Array.isArray(value) ? value.map(each) : absentOr(value, leftOut);
const fieldsOf =
  (shows: Record<string, Show>): Show =>
  (value) =>
    isRecord(value)
      ? Object.fromEntries(
          Object.entries(shows).flatMap(([name, show]) => (name in value ? [[name, show(value[name])]] : [])),
        )
      : absentOr(value, leftOut);
const wordOr =
  (show: Show): Show =>
  (value) =>
    typeof value === "string" ? value : show(value);

function absentOr(value: unknown, otherwise: string): unknown {
  return value === undefined || value === null ? value : otherwise;
}

const knownSettings = fieldsOf({
  providers: listOf(
    fieldsOf({
      id: plain,
      preset: plain,
      disabled: plain,
      baseUrl: plain,
      headers: names,
      models: listOf(
        wordOr(
          fieldsOf({
            id: plain,
            windowTokens: plain,
            maxOutputTokens: plain,
            images: plain,
            tools: plain,
            reasoning: plain,
            fim: plain,
            price: wordOr(
              fieldsOf({
                input: plain,
                output: plain,
                cacheRead: plain,
                cacheWrite: plain,
                cacheWrite1h: plain,
                reasoning: plain,
                request: plain,
                image: plain,
              }),
            ),
          }),
        ),
      ),
    }),
  ),
  tiers: fieldsOf({ cheap: listOf(plain), frontier: listOf(plain) }),
  mode: plain,
  quality: plain,
  playground: plain,
  "network.extraCaFile": plain,
  "network.via": plain,
  "network.clientCertificates": listOf(fieldsOf({ host: plain, certFile: plain, keyFile: plain, pfxFile: plain })),
  "endpoint.enabled": plain,
  "endpoint.port": plain,
});
