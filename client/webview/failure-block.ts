import type { Attempt, ModelSummary } from "../../shared/answer.ts";
import type { Failure, FailureKind } from "../../shared/failure.ts";
import { isKeyOurs } from "../../shared/told-failure.ts";
import { vendorPageFor } from "../../shared/vendor-pages.ts";
import { fullModel, shortModel } from "./decision-words.ts";
import { changes, element, icon, textButton } from "./element.ts";
import type { FromPage, PlainCommand } from "./messages.ts";
import { otherFailures } from "./other-failures.ts";
import type { PageFacts } from "./page-facts.ts";

export type Command = Extract<FromPage, { type: "command" }>;

export interface FailureActions {
  command(command: Command): void;
  facts: PageFacts;
  /** null where there is nothing to ask again. */
  again: Again | null;
  /** Whose it is; absent or null: nobody's, or not known. */
  told?: Attempt | null;
  /** All that were made; absent: none. */
  attempts?: readonly Attempt[];
}

export interface Again {
  /** The question that failed, and who is to answer it unless another is named. */
  asked(): { turnId: string; mode: string };
  ask(mode: string): void;
}

const commandWords: Record<PlainCommand, string> = {
  addProvider: "Add a provider",
  changeKey: "Change the key",
  enterPassphrase: "Enter the passphrase",
  usePlayground: "Use the playground",
  openSettings: "Open settings",
  showLog: "Show log",
  restartServer: "Restart the server",
  showRoutes: "Show the routes",
  editProvider: "Edit the provider",
  showCosts: "Show the costs",
  doctor: "Run the doctor",
};

/** What mends each kind of failure, the likeliest first. Asking again comes first where it may simply work. */
const waysOut: Record<FailureKind, { retry: "first" | "last"; commands: PlainCommand[] }> = {
  network: { retry: "first", commands: ["doctor", "openSettings", "showLog"] },
  silence: { retry: "first", commands: ["showLog"] },
  stall: { retry: "first", commands: ["showLog"] },
  truncated: { retry: "first", commands: ["showLog"] },
  "rate-limit": { retry: "first", commands: ["showLog"] },
  overloaded: { retry: "first", commands: ["showLog"] },
  "server-error": { retry: "first", commands: ["showLog"] },
  auth: { retry: "last", commands: ["changeKey", "openSettings"] },
  quota: { retry: "last", commands: ["addProvider", "openSettings"] },
  "no-access": { retry: "last", commands: ["openSettings"] },
  region: { retry: "last", commands: ["addProvider", "openSettings"] },
  "unknown-model": { retry: "last", commands: ["openSettings"] },
  "context-length": { retry: "last", commands: ["showLog"] },
  "bad-request": { retry: "last", commands: ["openSettings", "showLog"] },
  "content-filter": { retry: "last", commands: ["showLog"] },
  "not-an-api": { retry: "last", commands: ["doctor", "openSettings", "showLog"] },
  malformed: { retry: "first", commands: ["showLog"] },
  empty: { retry: "first", commands: ["showLog"] },
  budget: { retry: "last", commands: ["openSettings"] },
  setup: { retry: "last", commands: ["addProvider", "openSettings"] },
  ledger: { retry: "last", commands: ["showLog"] },
  internal: { retry: "first", commands: ["showLog", "restartServer"] },
};

interface Way {
  words: string;
  take(): void;
}

/** A failure in its own words, with the ways out of it; the first is the one that most likely helps. */
export function failureBlock(failure: Failure, actions: FailureActions): HTMLElement {
  const { told = null, attempts = [] } = actions;
  const row = element("div", { class: "block-actions" });
  const others = element("div", {});
  const block = element(
    "div",
    { class: "block failure", role: "group", "aria-label": "Error" },
    icon("error"),
    element("div", { class: "block-body" }, element("p", { class: "block-words" }, failure.message), row, others),
  );
  const isNew = changes();
  actions.facts.follow(block, ({ models, vendors = {} }) => {
    const ways = waysOf(failure, models, actions);
    const preset = vendors[told?.providerId ?? ""];
    const page = preset === undefined ? null : vendorPageFor(failure, preset);
    if (!isNew([ways.map((way) => way.words), page, vendors])) return;
    row.replaceChildren(
      ...ways.map((way, at) => textButton(way.words, at === 0 ? "primary" : "secondary", () => way.take())),
      ...(page === null ? [] : [element("a", { href: page.url, title: page.url }, page.words)]),
    );
    const list = otherFailures(failure, { told, attempts, vendors });
    others.replaceChildren(...(list === null ? [] : [list]));
  });
  return block;
}

function waysOf(failure: Failure, models: readonly ModelSummary[], actions: FailureActions): Way[] {
  const { again } = actions;
  const retry: Way[] = again === null ? [] : [{ words: "Retry", take: () => again.ask(again.asked().mode) }];
  const mends = failure.kind === "budget" ? waysUnderCap(failure, models, actions) : waysByCommand(failure, actions);
  return waysOut[failure.kind].retry === "first" ? [...retry, ...mends] : [...mends, ...retry];
}

function waysByCommand(failure: Failure, { command }: FailureActions): Way[] {
  const { commands } = waysOut[failure.kind];
  const names =
    failure.kind === "setup" && failure.mend !== undefined
      ? // The provider is there; adding one would make a second.
        [failure.mend, ...commands.filter((name) => name !== "addProvider")]
      : commands;
  const isKeptElsewhere = failure.kind === "auth" && !isKeyOurs(failure);
  // A key that a gateway keeps is none that could be changed here.
  const useful = isKeptElsewhere ? names.filter((name) => name !== "changeKey") : names;
  return useful.map((name) => ({
    words: commandWords[name],
    take: () => command({ type: "command", command: name }),
  }));
}

/** Out of a refusal by a cap: more money for today, another cap, or a model that costs nothing. */
function waysUnderCap(
  failure: Extract<Failure, { kind: "budget" }>,
  models: readonly ModelSummary[],
  actions: FailureActions,
): Way[] {
  const { again } = actions;
  const free = models.find((model) => model.priceSource === "free" && !model.simulated);
  return [
    ...(failure.cap === undefined ? waysByCommand(failure, actions) : waysOfCap(failure.cap, actions)),
    ...(free === undefined || again === null
      ? []
      : [{ words: `Use ${shortModel(free.modelId)}`, take: () => again.ask(fullModel(free)) }]),
  ];
}

type RefusingCap = NonNullable<Extract<Failure, { kind: "budget" }>["cap"]>;

function waysOfCap(cap: RefusingCap, { command, again }: FailureActions): Way[] {
  return [
    { words: "Raise for today", take: () => command(raiseFor(cap, again?.asked() ?? null)) },
    {
      words: "Open the setting",
      take: () => command({ type: "command", command: "openSetting", setting: cap.setting }),
    },
  ];
}

/** Raises the cap that refused a question, by what it lacked if the person likes, and asks that question again. */
export function raiseFor(cap: RefusingCap, again: ReturnType<Again["asked"]> | null): Command {
  const lackingNano = Math.ceil(cap.neededNano + cap.spentNano + cap.heldNano - cap.limitNano);
  return {
    type: "command",
    command: "raiseCap",
    capId: cap.id,
    ...(lackingNano > 0 ? { lackingNano } : {}),
    ...(again === null ? {} : { again }),
  };
}
