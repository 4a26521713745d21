import * as vscode from "vscode";
import { createSignal, type Signal } from "./signal.ts";

/**
 * Another extension that completes code in the same editors: two of them swap their texts under the person's eyes. When
 * one is there, Wayfare asks once who should, leaves it the field until that is answered, and remembers the answer.
 */
export interface OtherProviders {
  /** The name of the one that is left to complete, or null. */
  yieldsTo(): string | null;
  /** The names of all that are here and complete, whoever was chosen. */
  present(): string[];
  /** To be called where Wayfare would complete now: asks about the one it yields to, unless that was answered. */
  askOnce(): void;
  /** The person wants Wayfare: those that are here now are not yielded to any more. */
  preferWayfare(): void;
  /** When `yieldsTo` may answer otherwise than before. */
  readonly onChange: Signal<void>["on"];
  dispose(): void;
}

/** What VS Code and the person know of other extensions. */
export interface OtherProvidersDeps {
  /** True when it is installed and active. */
  isActive(extensionId: string): boolean;
  /** The value of a setting of any extension. */
  setting(key: string): unknown;
  /** Someone is signed in to GitHub: without that its extension is there and completes nothing. */
  hasGitHubAccount(): Promise<boolean>;
  /** When that may be otherwise. */
  onAccounts(listener: () => void): { dispose(): unknown };
  /** Who completes beside the extension of that id, as the person said. */
  choices: { read(): unknown; write(choices: Record<string, Choice>): void };
  /** undefined: the question was closed. */
  ask(other: { id: string; name: string }): Promise<Choice | undefined>;
  now(): number;
}

export type Choice = "wayfare" | "other";

interface KnownProvider {
  id: string;
  name: string;
  /** False when its settings say that it completes nothing. */
  completes(setting: (key: string) => unknown): boolean;
  needsGitHubAccount?: true;
}

/** An extension that is activated or a setting that is written is noticed within this time. */
const LOOK_AGAIN_MS = 5_000;
/** Who is signed in is told when it changes; an editor that does not tell is asked again after so long. */
const ACCOUNTS_AGAIN_MS = 300_000;
/** A question that could not be shown is asked again after so long, and not at each letter. */
const ASK_AGAIN_MS = 60_000;

export function createOtherProviders(deps: OtherProvidersDeps): OtherProviders {
  const changed = createSignal<void>();
  let active: KnownProvider[] = [];
  let lookedAtMs = Number.NEGATIVE_INFINITY;
  let gitHubAccount: boolean | "unknown" = "unknown";
  let accountsAskedAtMs = Number.NEGATIVE_INFINITY;
  let accounts: { dispose(): unknown } | null = null;
  let isAsking = false;
  let askAgainAtMs = Number.NEGATIVE_INFINITY;

  const choices = (): Record<string, Choice> => {
    const stored = deps.choices.read();
    if (typeof stored !== "object" || stored === null) return {};
    return Object.fromEntries(
      Object.entries(stored).flatMap(([id, choice]): [string, Choice][] =>
        choice === "wayfare" || choice === "other" ? [[id, choice]] : [],
      ),
    );
  };

  const lookForAccount = (nowMs: number): void => {
    accounts ??= deps.onAccounts(() => {
      accountsAskedAtMs = Number.NEGATIVE_INFINITY;
      lookedAtMs = Number.NEGATIVE_INFINITY;
      changed.fire();
    });
    if (nowMs - accountsAskedAtMs < ACCOUNTS_AGAIN_MS) return;
    accountsAskedAtMs = nowMs;
    void deps.hasGitHubAccount().then((has) => {
      if (has === gitHubAccount) return;
      gitHubAccount = has;
      lookedAtMs = Number.NEGATIVE_INFINITY;
      changed.fire();
    });
  };
  const look = (): void => {
    const nowMs = deps.now();
    if (nowMs - lookedAtMs < LOOK_AGAIN_MS) return;
    lookedAtMs = nowMs;
    const found = knownProviders.filter((each) => deps.isActive(each.id) && each.completes(deps.setting));
    if (found.some((each) => each.needsGitHubAccount === true)) lookForAccount(nowMs);
    active = found.filter((each) => each.needsGitHubAccount !== true || gitHubAccount === true);
  };

  const yieldedTo = (): KnownProvider | null => {
    look();
    if (active.length === 0) return null;
    const chosen = choices();
    return active.find(({ id }) => chosen[id] !== "wayfare") ?? null;
  };
  const ask = async (other: KnownProvider): Promise<void> => {
    isAsking = true;
    let answer: Choice | undefined;
    try {
      answer = await deps.ask(other);
    } catch {
      // It was never seen, so nobody has answered it.
      askAgainAtMs = deps.now() + ASK_AGAIN_MS;
      return;
    } finally {
      isAsking = false;
    }
    // Whoever closes the question has not chosen Wayfare: the other one was there first.
    const choice = answer ?? "other";
    // The answer may have been given elsewhere meanwhile.
    if (choices()[other.id] === undefined) deps.choices.write({ ...choices(), [other.id]: choice });
    changed.fire();
  };

  return {
    yieldsTo: () => yieldedTo()?.name ?? null,
    present() {
      look();
      return [...new Set(active.map(({ name }) => name))];
    },
    askOnce() {
      if (isAsking || deps.now() < askAgainAtMs) return;
      const other = yieldedTo();
      if (other !== null && choices()[other.id] === undefined) void ask(other);
    },
    preferWayfare() {
      lookedAtMs = Number.NEGATIVE_INFINITY;
      look();
      if (active.length === 0) return;
      deps.choices.write({ ...choices(), ...Object.fromEntries(active.map(({ id }) => [id, "wayfare" as const])) });
      changed.fire();
    },
    onChange: changed.on,
    dispose: () => void accounts?.dispose(),
  };
}

/** The same over VS Code's own API; `memory` outlives the window. */
export function connectOtherProviders(memory: vscode.Memento, now: () => number): OtherProviders {
  return createOtherProviders({
    isActive: (extensionId) => vscode.extensions.getExtension(extensionId)?.isActive === true,
    setting: (key) => vscode.workspace.getConfiguration().get(key),
    async hasGitHubAccount() {
      try {
        return (await vscode.authentication.getAccounts("github")).length > 0;
      } catch {
        // Some editors have no such accounts at all.
        return false;
      }
    },
    onAccounts: (listener) =>
      vscode.authentication.onDidChangeSessions(({ provider }) => {
        if (provider.id === "github") listener();
      }),
    choices: { read: () => memory.get(choicesKey), write: (choices) => void memory.update(choicesKey, choices) },
    ask: askWho,
    now,
  });
}

const choicesKey = "wayfare.completes";

async function askWho(other: { id: string; name: string }): Promise<Choice | undefined> {
  const picked = await vscode.window.showInformationMessage(
    `${other.name} also completes code. Who should?`,
    "Wayfare",
    other.name,
  );
  if (picked === undefined) return undefined;
  if (picked === other.name) return "other";
  void tellToTurnOff(other);
  return "wayfare";
}

async function tellToTurnOff(other: { id: string; name: string }): Promise<void> {
  const open = "Open Its Settings";
  const picked = await vscode.window.showInformationMessage(
    `Wayfare completes from now on. Turn the completions of ${other.name} off, so that the two do not get in each other's way.`,
    open,
  );
  if (picked === open) await vscode.commands.executeCommand("workbench.action.openSettings", `@ext:${other.id}`);
}

const copilot: Omit<KnownProvider, "id"> = {
  name: "GitHub Copilot",
  needsGitHubAccount: true,
  completes: (setting) => setting("chat.disableAIFeatures") !== true && isAnyOn(setting("github.copilot.enable")),
};

/** Extensions whose main work is ghost text, and the setting by which each is turned off; true where there is none. */
const knownProviders: readonly KnownProvider[] = [
  { id: "GitHub.copilot", ...copilot },
  { id: "GitHub.copilot-chat", ...copilot },
  {
    id: "Codeium.codeium",
    name: "Windsurf",
    completes: (setting) => isAnyOn(setting("codeium.enableConfig")),
  },
  { id: "TabNine.tabnine-vscode", name: "Tabnine", completes: () => true },
  { id: "Supermaven.supermaven", name: "Supermaven", completes: () => true },
  {
    id: "Continue.continue",
    name: "Continue",
    completes: (setting) => setting("continue.enableTabAutocomplete") !== false,
  },
  {
    id: "TabbyML.vscode-tabby",
    name: "Tabby",
    completes: (setting) => setting("tabby.inlineCompletion.triggerMode") !== "manual",
  },
  {
    id: "ggml-org.llama-vscode",
    name: "llama.vscode",
    completes: (setting) => setting("llama-vscode.enabled") !== false,
  },
  { id: "AmazonWebServices.amazon-q-vscode", name: "Amazon Q", completes: () => true },
  {
    id: "sourcegraph.cody-ai",
    name: "Cody",
    completes: (setting) => setting("cody.autocomplete.enabled") !== false,
  },
  {
    id: "Google.geminicodeassist",
    name: "Gemini Code Assist",
    completes: (setting) =>
      setting("geminicodeassist.inlineSuggestions.enableAuto") !== false &&
      setting("geminicodeassist.inlineSuggestions.enableAuto") !== "off",
  },
  {
    id: "augment.vscode-augment",
    name: "Augment",
    completes: (setting) => setting("augment.completions.enableAutomaticCompletions") !== false,
  },
  {
    id: "rjmacarthy.twinny",
    name: "twinny",
    completes: (setting) => setting("twinny.enabled") !== false && setting("twinny.autoSuggestEnabled") !== false,
  },
];

/** A setting of languages to on or off, or one word for all; on when it says nothing. */
function isAnyOn(value: unknown): boolean {
  if (typeof value === "boolean") return value;
  if (typeof value !== "object" || value === null) return true;
  const words = Object.values(value);
  return words.length === 0 || words.includes(true);
}
