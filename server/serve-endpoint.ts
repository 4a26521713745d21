import { randomUUID } from "node:crypto";
import process from "node:process";
import { describeCap } from "../shared/cap-words.ts";
import { failureOf } from "../shared/failure.ts";
import { createRedactor } from "../shared/redact.ts";
import { composeEngine } from "./compose.ts";
import { OTHER_BOOKS } from "./core/describe-cap.ts";
import { endpointExit, endpointHelp, readArguments } from "./core/endpoint-arguments.ts";
import {
  describeAccepted,
  describeChecked,
  describeRefused,
  describeRunning,
  describeStopping,
  nodeProblem,
  portProblem,
  warning,
} from "./core/endpoint-banner.ts";
import { type EndpointStart, furtherWarnings } from "./core/endpoint-start.ts";
import { bookOf, ENDPOINT_BOOK } from "./core/relay.ts";
import { withoutEditor } from "./core/without-editor.ts";
import { tryPort, whyNoPort } from "./endpoint/try-port.ts";
import { createMoneyTeller } from "./engine/tell-money.ts";
import { createBudgetWarner } from "./engine/warn-budget.ts";
import type { Ledger } from "./store/ledger.ts";
import { nodeWithoutSqlite } from "./store/load-sqlite.ts";
import { createEndpointToken, readEndpointFiles } from "./store/read-endpoint-files.ts";

/**
 * The composition root of the server without an editor: it reads its arguments, its config and the files that this names,
 * opens the books, and answers other tools until it is told to stop.
 */

/** The build writes it in. */
declare const WAYFARE_VERSION: string | undefined;
const version = typeof WAYFARE_VERSION === "string" ? WAYFARE_VERSION : "0.0.0";
/** Answers under way are waited for this long after the first signal to stop; a second one ends them at once. */
const GRACE_MS = 10_000;

const print = (text: string): void => void process.stdout.write(withoutEditor(text));
const complain = (text: string): void => void process.stderr.write(withoutEditor(text));

process.exitCode = await run();

async function run(): Promise<number> {
  const asked = readArguments(process.argv.slice(2));
  switch (asked.kind) {
    case "help":
      print(endpointHelp);
      return endpointExit.ok;
    case "version":
      print(`Wayfare ${version}\n`);
      return endpointExit.ok;
    case "wrong":
      complain([...asked.problems, "See --help.", ""].join("\n"));
      return endpointExit.wrongArguments;
    case "editor":
      complain("An editor starts this by itself; without one nothing is done but with --endpoint. See --help.\n");
      return endpointExit.wrongArguments;
    case "check":
    case "serve": {
      const node = await nodeWithoutSqlite();
      if (node !== null) {
        complain(describeRefused({ problems: [nodeProblem(node)], warnings: [] }));
        return endpointExit.notStarted;
      }
      const start = await readEndpointFiles({
        configPath: asked.configPath,
        surroundings: {
          environment: process.env,
          port: asked.port,
          timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone,
        },
        createToken: asked.kind === "serve" ? createEndpointToken : null,
      });
      if (!start.ok) {
        complain(describeRefused(start));
        return endpointExit.notStarted;
      }
      if (asked.kind === "serve") return serve(start, asked.acceptsLosses);
      const taken = await tryPort(start.port);
      if (taken !== null) return refuse(start, portProblem(start.port, taken));
      print(describeChecked(start));
      return endpointExit.ok;
    }
  }
}

type Ready = Extract<EndpointStart, { ok: true }>;

function refuse({ warnings }: Ready, problem: Ready["warnings"][number]): number {
  complain(describeRefused({ problems: [problem], warnings }));
  return endpointExit.notStarted;
}

async function serve(start: Ready, acceptsLosses: boolean): Promise<number> {
  const redact = createRedactor(() => [...start.secrets, playgroundKey]);
  const playgroundKey = randomUUID();
  const ledger = () => engine.books.store()?.ledger ?? null;
  const onFault = ({ message }: { message: string }): void => complain(`warning: ${redact(message)}\n`);
  /** null: the endpoint's own. */
  const ownBook = start.workspace === ENDPOINT_BOOK ? null : start.workspace;
  const books = new Set([ownBook, ...start.bookCaps.map(({ book }) => book).filter((book) => book !== OTHER_BOOKS)]);
  const warners = [...books].map((book) =>
    createBudgetWarner({
      ledger,
      budget() {
        const { budget, endpoint } = engine.common.world.scene().settings;
        return { ...budget, caps: endpoint.capsOf(book, ownBook) };
      },
      workspace: bookOf(book),
      onWarning({ cap, percent }) {
        const whose = cap.scope === "workspace" ? ` ("${book ?? ENDPOINT_BOOK}")` : "";
        complain(`warning: ${describeCap(cap)}${whose}: ${percent} % are reached\n`);
      },
      onFault,
    }),
  );
  const money = createMoneyTeller({
    ledger,
    path: () => engine.books.store()?.path ?? start.ledgerDirectory,
    drive: () => engine.books.store()?.drive ?? null,
    budget: () => engine.common.world.scene().settings.budget,
    onNotice: ({ message }) => complain(`warning: ${redact(message)}\n`),
    onFault,
  });
  const engine = await composeEngine({
    storagePath: start.ledgerDirectory,
    timeZone: start.timeZone,
    hostLabel: "",
    version,
    playgroundKey,
    endpointWorkspace: ownBook,
    wordFor: withoutEditor,
    log(level, message) {
      if (level === "warn" || level === "error") complain(`${new Date().toISOString()} ${level}: ${redact(message)}\n`);
    },
    onMoney() {
      for (const warner of warners) warner.settled();
      money.look();
      engine.reconciler.look();
    },
    onAttempt: (attempt, route) => money.attempted(attempt, route.simulated),
  });
  const closed = engine.books.failure();
  if (closed !== null) return refuse(start, { field: "ledger", message: redact(closed.message) });
  const applied = await engine.apply(start.params);
  engine.setCalendar();
  for (const told of furtherWarnings(applied.problems, start.warnings)) complain(`${warning(told)}\n`);
  const end = async (): Promise<void> => {
    await engine.stop();
    await Promise.all(warners.map((warner) => warner.idle()));
    await money.idle();
    engine.books.close();
  };
  try {
    if (acceptsLosses) complain(describeAccepted(await acceptLosses(ledger())));
  } catch (error) {
    await end();
    return refuse(start, { field: "ledger", message: redact(failureOf(error).message) });
  }
  money.look();
  await money.idle();

  let listening: Awaited<ReturnType<typeof engine.openEndpoint>>;
  try {
    listening = await engine.openEndpoint({
      port: start.port,
      token: start.token.value,
      graceMs: GRACE_MS,
      async before() {
        if (!(await engine.openAgain())) return;
        engine.setCalendar();
        money.look();
      },
    });
  } catch (error) {
    const taken = await whyNoPort(error, start.port);
    await end();
    return refuse(start, portProblem(start.port, taken));
  }
  print(describeRunning(listening.urls, start));
  void engine.untilStop(engine.prices.refreshDue(engine.stopping.signal));

  await stopSignal();
  complain(describeStopping(listening.underWay()));
  const ending = listening.close();
  void stopSignal().then(engine.endAtOnce);
  await ending;
  await end();
  return endpointExit.ok;
}

/** The names of the damaged ledgers that caps had not counted fully since; from now on they count. */
async function acceptLosses(ledger: Pick<Ledger, "losses" | "acceptLosses"> | null): Promise<string[]> {
  const open = ledger?.losses().filter(({ isSettled }) => !isSettled) ?? [];
  if (open.length > 0) await ledger?.acceptLosses();
  return open.map(({ setAside }) => setAside);
}

/** Resolves at the next SIGINT or SIGTERM. */
function stopSignal(): Promise<void> {
  return new Promise((resolve) => {
    const heard = (): void => {
      process.off("SIGINT", heard);
      process.off("SIGTERM", heard);
      resolve();
    };
    process.on("SIGINT", heard);
    process.on("SIGTERM", heard);
  });
}
