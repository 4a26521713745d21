import * as vscode from "vscode";

/** What a person answered to one step: a value, the arrow back, or Escape. */
export type Answer<T> = { kind: "value"; value: T } | { kind: "back" } | { kind: "cancelled" };

export interface Step {
  title: string;
  /** 1-based. */
  step: number;
  totalSteps: number;
}

export interface Row<T> {
  label: string;
  description?: string;
  detail?: string;
  /** A heading above this row and those that follow it. */
  group?: string;
  value: T;
}

type OnePick<T> = Step & {
  placeholder: string;
  rows: Row<T>[];
  later?: Promise<Row<T>[]>;
  typed?(text: string): Row<T> | null;
};

/** The steps of a setup, as a person is asked them: the first step has no way back. */
export interface Dialog {
  /** `later` gives more rows, put before the others when they come; `typed` one for the text itself, or null. */
  pickOne<T>(step: OnePick<T>): Promise<Answer<T>>;
  /** `refuse` says why these cannot be taken, or null; the step then stays open. */
  pickMany<T>(
    step: Step & {
      placeholder: string;
      rows: (Row<T> & { picked: boolean })[];
      refuse(values: readonly T[]): string | null;
    },
  ): Promise<Answer<T[]>>;
  enterText(
    step: Step & {
      prompt: string;
      placeholder: string;
      value: string;
      echo: "shown" | "masked";
      refuse(text: string): string | null;
    },
  ): Promise<Answer<string>>;
  /** Runs under a notification that can be cancelled; null when it was. */
  wait<T>(title: string, run: (token: vscode.CancellationToken) => Promise<T>): Promise<T | null>;
  /** Says what failed and offers what can be done; undefined when the person leaves. `inFront` covers the window. */
  fail(
    message: string,
    detail: string,
    actions: readonly string[],
    where: "inFront" | "aside",
  ): Promise<string | undefined>;
}

/** The steps in VS Code's own quick picks and input boxes. They stay open while another window has the focus. */
export function quickDialog(): Dialog {
  return { pickOne, pickMany, enterText, wait, fail };
}

type Item<T> = vscode.QuickPickItem & { row: Row<T> | null };

function pickOne<T>(options: OnePick<T>): Promise<Answer<T>> {
  const pick = vscode.window.createQuickPick<Item<T>>();
  prepare(pick, options);
  pick.placeholder = options.placeholder;
  pick.matchOnDescription = true;
  let rows = options.rows;
  let shown: string | null = null;
  const typedNow = (): Row<T> | null => options.typed?.(pick.value) ?? null;
  const draw = (typed = typedNow()): void => {
    shown = typed?.label ?? null;
    const items = itemsOf(rows);
    // Whatever is typed, the row that stands for it matches.
    pick.items =
      typed === null ? items : [...itemsOf([typed]).map((each) => ({ ...each, alwaysShow: true })), ...items];
  };
  draw();
  pick.onDidChangeValue(() => {
    const typed = typedNow();
    // Drawn anew for nothing, the list would lose the row that is marked.
    if ((typed?.label ?? null) !== shown) draw(typed);
  });
  let isOpen = true;
  if (options.later !== undefined) {
    pick.busy = true;
    void options.later
      .then((more) => {
        rows = [...more, ...options.rows];
        if (isOpen && more.length > 0) draw();
      })
      .finally(() => {
        if (isOpen) pick.busy = false;
      });
  }
  return settle<T>(pick, (done) => {
    pick.onDidAccept(() => {
      const row = pick.selectedItems[0]?.row;
      if (row) done({ kind: "value", value: row.value });
    });
  }).finally(() => {
    isOpen = false;
  });
}

function pickMany<T>(
  options: Step & {
    placeholder: string;
    rows: (Row<T> & { picked: boolean })[];
    refuse(values: readonly T[]): string | null;
  },
): Promise<Answer<T[]>> {
  const pick = vscode.window.createQuickPick<Item<T>>();
  prepare(pick, options);
  pick.placeholder = options.placeholder;
  pick.canSelectMany = true;
  pick.matchOnDescription = true;
  const items = itemsOf(options.rows);
  const picked = new Set(options.rows.filter((row) => row.picked).map((row) => row.value));
  pick.items = items;
  pick.selectedItems = items.filter(({ row }) => row !== null && picked.has(row.value));
  return settle<T[]>(pick, (done) => {
    pick.onDidAccept(() => {
      const values = pick.selectedItems.flatMap(({ row }) => (row === null ? [] : [row.value]));
      const refused = options.refuse(values);
      if (refused === null) return done({ kind: "value", value: values });
      // A quick pick has no line for errors; its title is read out and seen.
      pick.title = `${options.title}: ${refused}`;
      pick.placeholder = refused;
    });
  });
}

function enterText(
  options: Step & {
    prompt: string;
    placeholder: string;
    value: string;
    echo: "shown" | "masked";
    refuse(text: string): string | null;
  },
): Promise<Answer<string>> {
  const box = vscode.window.createInputBox();
  prepare(box, options);
  box.prompt = options.prompt;
  box.placeholder = options.placeholder;
  box.value = options.value;
  box.password = options.echo === "masked";
  return settle<string>(box, (done) => {
    box.onDidChangeValue(() => {
      box.validationMessage = undefined;
    });
    box.onDidAccept(() => {
      const refused = options.refuse(box.value);
      if (refused === null) return done({ kind: "value", value: box.value });
      box.validationMessage = { message: refused, severity: vscode.InputBoxValidationSeverity.Error };
    });
  });
}

type Asking = vscode.QuickInput & {
  buttons: readonly vscode.QuickInputButton[];
  onDidTriggerButton: vscode.Event<vscode.QuickInputButton>;
};

function prepare(input: Asking, { title, step, totalSteps }: Step): void {
  input.title = title;
  input.step = step;
  input.totalSteps = totalSteps;
  // A key is copied from a browser: leaving the window must not end the setup.
  input.ignoreFocusOut = true;
  if (step > 1) input.buttons = [vscode.QuickInputButtons.Back];
}

function settle<T>(input: Asking, listen: (done: (answer: Answer<T>) => void) => void): Promise<Answer<T>> {
  return new Promise<Answer<T>>((resolve) => {
    const done = (answer: Answer<T>): void => {
      resolve(answer);
      input.dispose();
    };
    listen(done);
    input.onDidTriggerButton((button) => {
      if (button === vscode.QuickInputButtons.Back) done({ kind: "back" });
    });
    // Comes after an answer as well, and then changes nothing.
    input.onDidHide(() => done({ kind: "cancelled" }));
    input.show();
  });
}

function itemsOf<T>(rows: readonly Row<T>[]): Item<T>[] {
  return rows.flatMap((row): Item<T>[] => {
    const { label, description, detail, group } = row;
    const item: Item<T> = {
      label,
      row,
      ...(description === undefined ? {} : { description }),
      ...(detail === undefined ? {} : { detail }),
    };
    if (group === undefined) return [item];
    return [{ label: group, kind: vscode.QuickPickItemKind.Separator, row: null }, item];
  });
}

async function wait<T>(title: string, run: (token: vscode.CancellationToken) => Promise<T>): Promise<T | null> {
  return vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title, cancellable: true },
    async (_progress, token) => {
      const cancelled = new Promise<null>((resolve) => token.onCancellationRequested(() => resolve(null)));
      return Promise.race([run(token), cancelled]);
    },
  );
}

async function fail(
  message: string,
  detail: string,
  actions: readonly string[],
  where: "inFront" | "aside",
): Promise<string | undefined> {
  if (where === "aside") return vscode.window.showErrorMessage(`${message} ${detail}`, ...actions);
  return vscode.window.showErrorMessage(message, { modal: true, detail }, ...actions);
}
