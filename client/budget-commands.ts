import * as vscode from "vscode";
import { capName, capUsd, noticeMarks } from "../shared/cap-words.ts";
import { formatUsd } from "../shared/money.ts";
import {
  type BudgetWarning,
  type CapState,
  type Held,
  HeldMoneyRequest,
  type MoneyNotice,
  RaiseCapRequest,
  ReleaseHeldRequest,
  SpendRequest,
  StartAnewRequest,
} from "../shared/protocol.ts";
import { canBeRaised, enoughFor, raiseSteps, readSum, warningWords } from "./cap-words.ts";
import { openSetting } from "./configuration.ts";
import type { ServerProcess } from "./server-process.ts";

export interface BudgetCommandDeps {
  server: Pick<ServerProcess, "start" | "onBudgetWarning" | "onMoneyNotice">;
  hostLabel: string;
  /** Whether the chat page stands before the person and says how much of this cap is spent. */
  isOnPage(cap: CapState): boolean;
  log(message: string): void;
}

/**
 * What a person does about money: is warned when a cap is near, raises one for today, and frees what a dead process left
 * held. Only a person's own click raises anything.
 */
export function registerBudgetCommands(deps: BudgetCommandDeps): vscode.Disposable {
  const guarded =
    <Value>(run: () => Promise<Value>) =>
    async (): Promise<Value | undefined> => {
      try {
        return await run();
      } catch (error) {
        const message = error instanceof Error ? error.message : String(error);
        deps.log(message);
        void vscode.window.showErrorMessage(message);
        return undefined;
      }
    };
  return vscode.Disposable.from(
    vscode.commands.registerCommand("wayfare.raiseCap", (capId?: unknown, lackingNano?: unknown) =>
      guarded(() =>
        raise(deps, typeof capId === "string" ? capId : null, typeof lackingNano === "number" ? lackingNano : null),
      )(),
    ),
    vscode.commands.registerCommand(
      "wayfare.releaseHeldMoney",
      guarded(() => release(deps)),
    ),
    vscode.commands.registerCommand(
      "wayfare.startAnew",
      guarded(() => startAnew(deps)),
    ),
    deps.server.onBudgetWarning((warning) => void warn(deps, warning)),
    deps.server.onMoneyNotice((notice) => void tell(notice)),
  );
}

/** As long as it takes to read. */
const SAID_MS = 8_000;
const raiseToday = "Raise for Today";
const openSettingTitle = "Open Setting";
const startAnewTitle = "Start Anew";

async function warn(deps: BudgetCommandDeps, warning: BudgetWarning): Promise<void> {
  const { cap, percent } = warning;
  // The page says so above its question box, which the message would cover.
  if (noticeMarks.includes(percent) && deps.isOnPage(cap)) return;
  const message = warningWords(warning, deps.hostLabel);
  const isReached = warning.percent >= 100;
  const show = isReached ? vscode.window.showWarningMessage : vscode.window.showInformationMessage;
  const picked = await show(message, raiseToday, openSettingTitle);
  if (picked === raiseToday) await vscode.commands.executeCommand("wayfare.raiseCap", warning.cap.id);
  if (picked === openSettingTitle) await openSetting(warning.cap.setting);
}

async function tell({ message, action }: MoneyNotice): Promise<void> {
  const picked = await vscode.window.showWarningMessage(message, ...(action === undefined ? [] : [startAnewTitle]));
  if (picked === startAnewTitle) await vscode.commands.executeCommand("wayfare.startAnew");
}

async function startAnew(deps: BudgetCommandDeps): Promise<void> {
  const connection = await deps.server.start();
  const { caps } = await connection.request(StartAnewRequest, {});
  const counted = caps.map((cap) => `${capName(cap)}: ${formatUsd(cap.spentNano)} of ${capUsd(cap.limitNano)}`);
  const count = counted.length === 0 ? "" : ` ${counted.join(" · ")}.`;
  void vscode.window.showInformationMessage(`Your caps count from what could be read.${count}`);
}

/** Whether a cap was raised. `lackingNano` is what a question lacked that was refused, or null. */
async function raise(deps: BudgetCommandDeps, capId: string | null, lackingNano: number | null): Promise<boolean> {
  const connection = await deps.server.start();
  const { caps: all } = await connection.request(SpendRequest, {});
  const caps = all.filter(canBeRaised);
  const unreadable = all.find((each) => !canBeRaised(each) && (each.id === capId || caps.length === 0));
  if (unreadable !== undefined) {
    await tellUnreadable(unreadable);
    return false;
  }
  const cap = capId === null ? await pickCap(caps) : (caps.find(({ id }) => id === capId) ?? null);
  if (cap === null) {
    if (capId !== null || caps.length === 0) await tellNoCap(capId);
    return false;
  }
  const addNano = await pickSum(cap, lackingNano);
  if (addNano === null) return false;
  const after = await connection.request(RaiseCapRequest, { capId: cap.id, addNano });
  const raised = after.caps.find(({ id }) => id === cap.id);
  const limit = capUsd(raised?.limitNano ?? cap.limitNano + addNano);
  // In the status bar, where the cap itself stands: a message would cover the question box.
  vscode.window.setStatusBarMessage(
    `${capName(cap)}: the cap is ${limit} until the day ends, which is recorded. The setting stays as it is.`,
    SAID_MS,
  );
  return true;
}

async function tellNoCap(capId: string | null): Promise<void> {
  const message = capId === null ? "No cap is set." : "That cap is no longer set.";
  const picked = await vscode.window.showInformationMessage(message, openSettingTitle);
  if (picked === openSettingTitle) await openSetting("wayfare.budget");
}

async function tellUnreadable(cap: CapState): Promise<void> {
  const message = `${capName(cap)}: the cap is unreadable. Correct ${cap.setting}; raising does not mend it.`;
  const picked = await vscode.window.showInformationMessage(message, openSettingTitle);
  if (picked === openSettingTitle) await openSetting(cap.setting);
}

async function pickCap(caps: readonly CapState[]): Promise<CapState | null> {
  if (caps.length < 2) return caps[0] ?? null;
  const picked = await vscode.window.showQuickPick(
    caps.map((cap) => ({
      label: capName(cap),
      description: `${formatUsd(cap.spentNano)} of ${capUsd(cap.limitNano)} spent`,
      detail: cap.setting,
      cap,
    })),
    { title: "Raise a Cap for Today", placeHolder: "Which cap?" },
  );
  return picked?.cap ?? null;
}

async function pickSum(cap: CapState, lackingNano: number | null): Promise<number | null> {
  const title = `Raise for Today: ${capName(cap)}, now ${capUsd(cap.limitNano)}`;
  const other = { label: "Another sum…", description: "", addNano: 0 };
  const enoughNano = lackingNano === null ? null : enoughFor(lackingNano);
  const sums = new Set([...(enoughNano === null ? [] : [enoughNano]), ...raiseSteps(cap)]);
  const steps = [...sums].map((addNano) => ({
    label: `${capUsd(addNano)} more${addNano === enoughNano ? " · enough for this question" : ""}`,
    description: `${capUsd(cap.limitNano + addNano)} until the day ends`,
    addNano,
  }));
  const picked = await vscode.window.showQuickPick([...steps, other], {
    title,
    placeHolder: `${formatUsd(cap.spentNano)} is spent. By how much?${lackingNano === null ? "" : " The question is then asked again."}`,
  });
  if (picked === undefined) return null;
  if (picked !== other) return picked.addNano;
  const written = await vscode.window.showInputBox({
    title,
    prompt: "Dollars more, until the day ends",
    placeHolder: "0.50",
    validateInput: (text) => {
      const read = readSum(text);
      return "problem" in read ? read.problem : null;
    },
  });
  const read = written === undefined ? null : readSum(written);
  return read !== null && "nano" in read ? read.nano : null;
}

async function release(deps: BudgetCommandDeps): Promise<void> {
  const connection = await deps.server.start();
  const held = await connection.request(HeldMoneyRequest, {});
  const others = held.filter(({ holder }) => holder !== "this");
  if (others.length === 0) {
    const own =
      held.length === 0 ? "No money is held." : "Only requests of this window hold money; they are under way.";
    void vscode.window.showInformationMessage(own);
    return;
  }
  const picked = await vscode.window.showQuickPick(others.map(heldItem), {
    title: "Release Held Money",
    placeHolder: "Each is settled at the sum shown. Leave out what still runs.",
    canPickMany: true,
    matchOnDetail: true,
  });
  if (picked === undefined || picked.length === 0) return;
  const settled = await connection.request(ReleaseHeldRequest, {
    attemptIds: picked.map(({ attemptId }) => attemptId),
  });
  const sum = settled.reduce((total, { settlesAtNano }) => total + (settlesAtNano ?? 0), 0);
  const heldSum = settled.reduce((total, { heldNano }) => total + heldNano, 0);
  const count = settled.length === 1 ? "1 request" : `${settled.length} requests`;
  void vscode.window.showInformationMessage(
    settled.length === 0
      ? "Nothing was released: it has been settled meanwhile."
      : `Released ${formatUsd(heldSum)} of ${count}, settled at ${formatUsd(sum)}.`,
  );
}

const holders = {
  this: "this window",
  other: "another window that is running",
  gone: "a process that is gone",
} as const;

const kinds: Readonly<Record<Held["kind"], string>> = {
  chat: "chat",
  completion: "completion",
  helper: "helper",
  endpoint: "local endpoint",
};

function heldItem(row: Held) {
  const at = new Date(row.startedAtMs).toLocaleString(undefined, { dateStyle: "short", timeStyle: "short" });
  return {
    label: `${formatUsd(row.heldNano)} held, settles at ${formatUsd(row.settlesAtNano)}`,
    description: `${kinds[row.kind]} · ${row.providerId}/${row.modelId}${row.simulated ? " · simulated" : ""}`,
    detail: `${at} · ${holders[row.holder]}`,
    picked: row.holder === "gone",
    attemptId: row.attemptId,
  };
}
