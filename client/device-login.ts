import type { CancellationToken } from "vscode";
import { presets } from "../shared/presets.ts";
import type { FinishLoginResult, StartLoginParams, StartLoginResult } from "../shared/protocol.ts";
import type { Dialog, Step } from "./dialog.ts";

/** What a login in the browser needs. */
export interface LoginDeps {
  dialog: Dialog;
  startLogin(params: StartLoginParams, token: CancellationToken): Promise<StartLoginResult>;
  finishLogin(loginId: string, token: CancellationToken): Promise<FinishLoginResult>;
  /** Opens a page in the person's browser; false when it could not be. */
  openPage(url: string): Promise<boolean>;
}

/** A key; or the person pastes one, goes back, or left. */
export type LoginOutcome = { state: "key"; key: string } | { state: "paste" } | { state: "back" } | { state: "left" };

const tryAgain = "Try Again";
const pasteKey = "Paste a Key";

/**
 * Asks whether the key is to come from a login in the browser, and if so sees it through: a code is shown, its page
 * opened, and its confirmation waited for. Cancelled anywhere, nothing is kept.
 */
export async function askForLogin(deps: LoginDeps, params: StartLoginParams, step: Step): Promise<LoginOutcome> {
  const { label } = presets[params.preset];
  const answer = await deps.dialog.pickOne<"login" | "paste">({
    ...step,
    placeholder: `How do you want to give your ${label} key?`,
    rows: [
      { label: "Log in in the browser", description: `${label} makes a key for Wayfare`, value: "login" },
      { label: "Paste a key", description: "one that you have made yourself", value: "paste" },
    ],
  });
  if (answer.kind === "back") return { state: "back" };
  if (answer.kind === "cancelled") return { state: "left" };
  return answer.value === "paste" ? { state: "paste" } : logIn(deps, params);
}

async function logIn(deps: LoginDeps, params: StartLoginParams): Promise<LoginOutcome> {
  const { dialog } = deps;
  const { label } = presets[params.preset];
  for (;;) {
    const result = await tryOnce(deps, params);
    if (result === null) return { state: "left" };
    if (result.ok) return { state: "key", key: result.key };
    const picked = await dialog.fail(
      `The login at ${label} did not work.`,
      result.failure.message,
      [tryAgain, pasteKey],
      "inFront",
    );
    if (picked === pasteKey) return { state: "paste" };
    if (picked !== tryAgain) return { state: "left" };
  }
}

/** null: cancelled. */
async function tryOnce(deps: LoginDeps, params: StartLoginParams): Promise<FinishLoginResult | null> {
  const { dialog } = deps;
  const { label } = presets[params.preset];
  const started = await dialog.wait(`Asking ${label} for a code…`, (token) =>
    deps.startLogin(params, token).catch(failed),
  );
  if (started === null || !started.ok) return started;
  const { userCode, page, loginId } = started;
  const { host } = new URL(page);
  const isOpen = await deps.openPage(page).catch(() => false);
  // Whoever cannot have a page opened here may open it on another machine.
  const where = isOpen ? `on the page of ${host} that has opened` : `at ${page}`;
  return dialog.wait(`Confirm the code ${userCode} ${where}. Waiting for it…`, (token) =>
    deps.finishLogin(loginId, token).catch(failed),
  );
}

function failed(error: unknown): { ok: false; failure: { kind: "internal"; message: string } } {
  return { ok: false, failure: { kind: "internal", message: error instanceof Error ? error.message : String(error) } };
}
