import type * as vscode from "vscode";
import type { Configuration } from "./configuration.ts";
import { wordsOf } from "./editor-page.ts";
import type { Connection, ServerProcess } from "./server-process.ts";

/** What a page shows of the server's, asked for again and again while a person can see it. */
export interface RefreshedTable<Table> extends vscode.Disposable {
  /** null until it has come. */
  readonly table: Table | null;
  /** Why it could not be had the last time, in words for the page; null: it could. */
  readonly problem: string | null;
  /** Asks now, if the page is in sight, and again a little later. */
  refresh(): Promise<void>;
  /** It came with the answer to something else. */
  take(table: Table): void;
  /** Something else about it went wrong. */
  fail(words: string): void;
  /** Nothing is asked for until the next `refresh`. */
  pause(): void;
}

/** `show` is called after each asking, and where nothing can be asked; a change of the server or a setting asks at once. */
export function createRefreshedTable<Table>(
  deps: {
    server: Pick<ServerProcess, "connection" | "state" | "onState">;
    configuration: Pick<Configuration, "isSetUp" | "onChange">;
    later(delayMs: number, run: () => void): () => void;
  },
  page: {
    everyMs: number;
    ask(connection: Connection): Promise<Table>;
    isInSight(): boolean;
    show(): void;
  },
): RefreshedTable<Table> {
  const { server, configuration } = deps;
  let table: Table | null = null;
  let problem: string | null = null;
  let callOff = (): void => undefined;
  let isAsking = false;

  const take = (next: Table): void => {
    table = next;
    problem = null;
  };
  const refresh = async (): Promise<void> => {
    callOff();
    if (!page.isInSight()) return;
    const connection = server.connection();
    if (isAsking || connection === null || !configuration.isSetUp()) return page.show();
    isAsking = true;
    try {
      take(await page.ask(connection));
    } catch (error) {
      // A server that goes away is told of by its state, in better words.
      problem = server.state === "running" ? wordsOf(error) : null;
    } finally {
      isAsking = false;
    }
    page.show();
    if (page.isInSight()) callOff = deps.later(page.everyMs, () => void refresh());
  };
  const subscriptions = [server.onState(() => void refresh()), configuration.onChange(() => void refresh())];
  return {
    get table() {
      return table;
    },
    get problem() {
      return problem;
    },
    refresh,
    take,
    fail(words) {
      problem = words;
    },
    pause: () => callOff(),
    dispose() {
      callOff();
      for (const subscription of subscriptions) subscription.dispose();
    },
  };
}
