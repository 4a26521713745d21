import type { CancellationToken } from "vscode";
import { type DoctorRow, inOrder } from "../shared/doctor.ts";
import { FactsRequest, type ServerFacts } from "../shared/protocol.ts";
import { askServer } from "./editor-page.ts";
import type { ServerProcess } from "./server-process.ts";
import { createSignal, type Signal } from "./signal.ts";

/** The doctor's last run, which outlives its page: "Copy Diagnostics" takes it along. */
export interface DoctorRun {
  /** What was found, in the order in which it is shown; empty before the first run. */
  rows(): readonly DoctorRow[];
  /** all: everything is being checked; one: a row or several of them are. */
  state(): "none" | "all" | "one";
  /** Why the server could not be asked, or null. */
  problem(): string | null;
  /** Checks everything, or one row again; does nothing while that is under way. Never rejects. */
  run(only: string | null, allowNano?: number): Promise<void>;
  /** Ends what is under way; rows that have not ended say so. */
  stop(): void;
  readonly onChange: Signal<void>["on"];
}

export interface DoctorRunDeps {
  server: Pick<ServerProcess, "start" | "connection">;
  isSetUp(): boolean;
  /** The rows about the editor, which are known here. `server` as it says of itself; null: none runs. */
  hostRows(server: ServerFacts | null): DoctorRow[];
  newCancellation(): { token: CancellationToken; cancel(): void };
  /** Takes out what only this side knows to be secret. */
  redact(text: string): string;
  log(message: string): void;
}

const stopped = "It was stopped before it was checked.";

export function createDoctorRun(deps: DoctorRunDeps): DoctorRun {
  const changed = createSignal<void>();
  const rows = new Map<string, DoctorRow>();
  /** What is under way, by the one row it is for; "" for a run of all. */
  const running = new Map<string, () => void>();
  let problem: string | null = null;

  const put = (row: DoctorRow): void => {
    const { redact } = deps;
    rows.set(row.id, {
      ...row,
      seen: redact(row.seen),
      advice: row.advice === null ? null : redact(row.advice),
    });
  };
  /** Rows of a run that is over and that have not ended. */
  const endOpen = (isOf: (row: DoctorRow) => boolean, seen: string): void => {
    for (const row of rows.values()) {
      const isOpen = row.state === "waiting" || row.state === "checking";
      if (isOpen && isOf(row)) rows.set(row.id, { ...row, state: "skipped", seen });
    }
  };
  const putHostRows = async (): Promise<void> => {
    let facts: ServerFacts | null = null;
    try {
      facts = (await deps.server.connection()?.request(FactsRequest, {})) ?? null;
    } catch (error) {
      deps.log(`The server did not give its facts: ${String(error)}`);
    }
    for (const row of deps.hostRows(facts)) put(row);
  };

  /** The rows that the server has to be asked for. Without a setup it is not started. */
  const ask = async (only: string | null, allowNano: number | undefined): Promise<void> => {
    const { token, cancel } = deps.newCancellation();
    let isStopped = false;
    const name = only ?? "";
    running.set(name, () => {
      isStopped = true;
      cancel();
    });
    const isOf = (row: DoctorRow) => only === null || row.id === only;
    const found = await askServer(
      deps,
      (connection) =>
        connection.examine(
          { only, ...(allowNano === undefined ? {} : { allowNano }) },
          (parts) => {
            if (isStopped) return;
            for (const row of parts) put(row);
            changed.fire();
          },
          token,
        ),
      (message) => {
        if (!isStopped) problem = message;
      },
    );
    for (const row of isStopped ? [] : (found ?? [])) put(row);
    if (only !== null && found?.length === 0) rows.delete(only);
    endOpen(isOf, isStopped ? stopped : "The server did not come to it.");
    running.delete(name);
  };

  return {
    rows: () => inOrder(rows.values()),
    state: () => (running.has("") ? "all" : running.size > 0 ? "one" : "none"),
    problem: () => problem,
    async run(only, allowNano) {
      const isBusy = running.has("") || (only === null ? running.size > 0 : running.has(only));
      if (isBusy) return;
      problem = null;
      const isHostRow = only !== null && deps.hostRows(null).some(({ id }) => id === only);
      if (only === null) rows.clear();
      if (only === null || isHostRow) {
        running.set(only ?? "", () => undefined);
        await putHostRows();
        running.delete(only ?? "");
      }
      changed.fire();
      if (!isHostRow && deps.isSetUp()) {
        const asked = ask(only, allowNano);
        changed.fire();
        await asked;
        // The server runs by now, if it did not before.
        if (only === null) await putHostRows();
      }
      changed.fire();
    },
    stop() {
      for (const end of running.values()) end();
    },
    onChange: changed.on,
  };
}
