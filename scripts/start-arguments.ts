import { parseArgs } from "node:util";

export type StartArguments =
  | { kind: "help" }
  /** `data` as written, from the working directory; null: the usual folder. */
  | { kind: "start"; port: number; playground: boolean; data: string | null }
  | { kind: "wrong"; message: string };

const defaultPort = 8370;

/** What `npm start -- --help` prints. */
export const startHelp = `npm start [-- --port N] [--no-playground] [--data DIR]

A VS Code in the browser with Wayfare and a sample project in it.

  --port N         the port it answers at; ${defaultPort} if it is not said, and another one where it is taken
  --no-playground  without the simulated models that answer until a provider is set up
  --data DIR       the folder of settings, state and the copy of the project; .cache/start if it is not said
  --help, -h       this text
`;

/** What `npm run start:desktop -- --help` prints. */
export const desktopHelp = `npm run start:desktop

The same as npm start in a VS Code of the desktop: the "code" on the PATH, or else one that is downloaded. Its settings and
extensions are its own. It takes no arguments but --help.
`;

/** Reads what stands behind `npm start --`. */
export function readStartArguments(argv: readonly string[]): StartArguments {
  if (asksForHelp(argv)) return { kind: "help" };
  const read = parse(argv);
  if ("message" in read) return { kind: "wrong", message: read.message };
  const { port, playground, data } = read;
  if (!/^\d{1,5}$/.test(port) || Number(port) < 1 || Number(port) > 65_535) {
    const message = `--port takes a number from 1 to 65535, not "${port}". For example: npm start -- --port 9000`;
    return { kind: "wrong", message };
  }
  return { kind: "start", port: Number(port), playground, data };
}

export function asksForHelp(argv: readonly string[]): boolean {
  return argv.includes("--help") || argv.includes("-h");
}

function parse(
  argv: readonly string[],
): { port: string; playground: boolean; data: string | null } | { message: string } {
  try {
    const { values } = parseArgs({
      args: [...argv],
      options: {
        port: { type: "string", default: String(defaultPort) },
        playground: { type: "boolean", default: true },
        data: { type: "string" },
      },
      allowNegative: true,
    });
    return { port: values.port, playground: values.playground, data: values.data ?? null };
  } catch (error) {
    // Node's own sentence names the argument; what it advises about "--" is of no use here.
    const sentence = error instanceof Error ? (error.message.split(/\.\s/, 1)[0] ?? "") : String(error);
    return { message: `${sentence.replace(/\.$/, "")}.` };
  }
}
