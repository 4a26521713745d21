import { createRedactor } from "../../shared/redact.ts";
import { presetIds } from "../../shared/settings.ts";
import { closestName } from "./closest-name.ts";
import { exampleConfig } from "./endpoint-config.ts";

/** What the server's process was started for. */
export type EndpointArguments =
  /** None of the endpoint's words is there: an editor started it. */
  | { kind: "editor" }
  | { kind: "help" }
  | { kind: "version" }
  /** `check` reads everything, says what would be served, and serves nothing. `port` wins over the file's. */
  | { kind: "check"; configPath: string; port: number | null }
  /** `acceptsLosses`: caps whose count was lost with a damaged ledger count from what could be read. */
  | { kind: "serve"; configPath: string; port: number | null; acceptsLosses: boolean }
  /** A sentence each. */
  | { kind: "wrong"; problems: string[] };

/** What the process ends with. */
export const endpointExit = { ok: 0, notStarted: 1, wrongArguments: 2 } as const;

/** Of all that keep the books, the oldest that this is tried with: the one of the oldest editor that it serves. */
export const OLDEST_NODE = "22.20";

const flags = ["--endpoint", "--check", "--accept-losses", "--help", "-h", "--version"] as const;
const withValue = ["--config", "--port"] as const;
type Flag = (typeof flags)[number];
type WithValue = (typeof withValue)[number];

/** Reads what stands behind `main.js`. A value may stand behind its name or, with `=`, in it. */
export function readArguments(argv: readonly string[]): EndpointArguments {
  const all: readonly string[] = [...flags, ...withValue];
  const nameOf = (argument: string): string => argument.split("=", 1)[0] ?? "";
  if (!argv.some((argument) => all.includes(nameOf(argument)))) return { kind: "editor" };

  const problems: string[] = [];
  const given = new Set<Flag>();
  const values = new Map<WithValue, string>();
  for (let at = 0; at < argv.length; at += 1) {
    const argument = argv[at] ?? "";
    const name = nameOf(argument);
    const flag = flags.find((each) => each === argument);
    const valued = withValue.find((each) => each === name);
    if (flag !== undefined) given.add(flag);
    else if (valued === undefined) problems.push(strangerWords(name));
    else {
      const isInside = argument !== name;
      const next = argv[at + 1];
      const value = isInside ? argument.slice(name.length + 1) : next?.startsWith("-") ? undefined : next;
      if (!isInside && value !== undefined) at += 1;
      if (value === undefined || value === "") problems.push(`${valued} needs ${whats[valued]} behind it.`);
      else if (values.has(valued)) problems.push(`${valued} stands there twice. Leave one of them.`);
      else values.set(valued, value);
    }
  }
  if (given.has("--help") || given.has("-h")) return { kind: "help" };
  if (given.has("--version")) return { kind: "version" };

  if (!given.has("--endpoint")) problems.push("Without --endpoint nothing is served. Add it.");
  if (given.has("--check") && given.has("--accept-losses")) {
    problems.push("--check changes no books, and --accept-losses does. Leave one of them.");
  }
  const configPath = values.get("--config");
  const isToldOfConfig = problems.some((problem) => problem.startsWith("--config "));
  if (configPath === undefined && !isToldOfConfig) problems.push("Name the config file: --config wayfare.json.");
  const written = values.get("--port");
  const port = written === undefined ? null : /^\d{1,5}$/.test(written) ? Number(written) : 0;
  if (port !== null && (port < 1 || port > 65_535)) {
    problems.push(`--port: ${JSON.stringify(written)} is no port. Write a whole number from 1 to 65535.`);
  }
  if (problems.length > 0 || configPath === undefined) return { kind: "wrong", problems };
  if (given.has("--check")) return { kind: "check", configPath, port };
  return { kind: "serve", configPath, port, acceptsLosses: given.has("--accept-losses") };
}

const whats: Readonly<Record<WithValue, string>> = { "--config": "the path of a file", "--port": "a number" };

/** A value behind `=` is not repeated, nor what looks like a key. */
function strangerWords(name: string): string {
  if (flags.some((each) => each === name)) return `${name} takes no value. Write it alone.`;
  const meant = closestName(name, [...flags, ...withValue]);
  const shown = redact(JSON.stringify(name.length > 60 ? `${name.slice(0, 57)}…` : name));
  return `${shown} is no argument here. ${meant === null ? "Remove it, or see --help." : `Write ${meant}, or remove it.`}`;
}

const redact = createRedactor(() => []);

/** What `--help` prints. */
export const endpointHelp = `Wayfare's local endpoint, without an editor: other tools ask models through it, by OpenAI's and Anthropic's wires, with
your routes, under your caps, and every cent in one book. It answers on 127.0.0.1 and [::1] only.

  node dist/server/main.js --endpoint --config wayfare.json      with Node ${OLDEST_NODE} or later

Arguments
  --endpoint       start the endpoint
  --config FILE    the config file; paths in it are relative to its folder
  --port N         the port, in place of the file's
  --check          read everything, try the port and whether files can be written, print what is wrong and what would be
                   served, and end; nothing is left behind
  --accept-losses  caps whose count was lost with a damaged ledger count from what could be read; for one start alone
  --help, -h       this text
  --version        the version

The config file: JSON; like VS Code's settings.json it may have comments and a comma behind the last item
${exampleConfig.replace(/^/gm, "  ")}

  port        8377 if it is not said.
  ledger      The folder of the books. Several endpoints may share one: then each counts what the others spend.
  tokenFile   Clients send what stands in it, by "Authorization: Bearer …" or "x-api-key: …". Nobody but its owner
              may be able to read it (chmod 600; not asked for on Windows).
  workspace   "endpoint" if it is not said. wayfare.budget.workspace.* caps each such book for itself, and
              wayfare.endpoint.workspaces those that it names: "*" each that a request names and is not there.
  timeZone    The machine's if it is not said.
  keys        For each provider that needs one: { "env": NAME } or { "file": PATH }. Where a cloud's own tools keep what
              they ask with, { "credentials": WHERE }: "environment" or "profile:NAME" for Amazon Bedrock, "default" or
              "file:PATH" for Google Vertex AI. Keys never stand in the file itself.
  settings    The names and values of VS Code's settings.json, each by its whole name. The README explains each.

The "preset" of a provider is one of
${wrapped(presetIds.join(", "))}

Beside what its clients ask for, GET /health tells without a token that it runs, and GET /wayfare/spend with the token
what was spent today and this month by book, and how the caps stand: JSON, in USD.

Proxies are taken from HTTPS_PROXY, HTTP_PROXY, ALL_PROXY and NO_PROXY, in either case.

It ends with
  0   all is well: it was stopped, or --check found that it could start
  1   it could not start; each problem is printed, with what to do
  2   the arguments are wrong

Signals
  SIGINT, SIGTERM   It takes no more requests, lets those under way end for ten seconds, writes down what they cost, and
                    ends. A second signal ends them at once.
`;

/** In lines of a terminal's width, two spaces before each. */
function wrapped(text: string): string {
  return text.replace(/(?=\S)(.{1,100})( |$)/g, "  $1\n").trimEnd();
}
