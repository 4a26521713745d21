import type { Failure } from "../shared/failure.ts";
import { presetAt, presets } from "../shared/presets.ts";
import type { TestConnectionParams } from "../shared/protocol.ts";
import { vendorPageFor } from "../shared/vendor-pages.ts";
import type { Dialog } from "./dialog.ts";

export interface RefusedDeps {
  dialog: Dialog;
  showLog(): void;
  /** Opens a page of the vendor's in the browser. */
  openPage(url: string): Promise<boolean>;
}

const showLog = "Show Log";

/**
 * Says why a provider that was tried did not answer: the class in our words, what the vendor said and the mend below, and
 * beside `actions` its own page for that where there is one, and the log. Those two are shown, and the dialog stays.
 * `withWhat` follows "could not be reached". Gives the action that was picked; undefined: the person left.
 */
export async function sayRefused(
  failure: Failure,
  tried: Pick<TestConnectionParams, "preset" | "baseUrl" | "key"> & { withWhat: string; actions: readonly string[] },
  { dialog, ...deps }: RefusedDeps,
): Promise<string | undefined> {
  const { label } = presets[tried.preset];
  const page = vendorPageFor(failure, presetAt(tried.preset, tried.baseUrl ?? ""));
  const message = headline(failure, label, tried);
  const extras = [...(page === null ? [] : [page.words]), showLog];
  let where: "inFront" | "aside" = "inFront";
  for (;;) {
    const picked = await dialog.fail(message, failure.message, [...tried.actions, ...extras], where);
    if (picked === undefined || !extras.includes(picked)) return picked;
    if (picked === showLog) deps.showLog();
    else if (page !== null) await deps.openPage(page.url).catch(() => false);
    // What was opened is not covered again, and can be read again all the same.
    extras.splice(extras.indexOf(picked), 1);
    where = "aside";
  }
}

function headline(
  failure: Failure,
  label: string,
  { key, withWhat }: { key: string | null; withWhat: string },
): string {
  const isBehind = "upstream" in failure && failure.upstream !== undefined;
  switch (failure.kind) {
    case "auth":
      if (isBehind) return `A vendor behind ${label} did not accept its key.`;
      return key === null ? `${label} asks for a key.` : `${label} did not accept the key.`;
    case "quota":
      return `${isBehind ? `An account behind ${label}` : `The account at ${label}`} has no credit, or is over its limit.`;
    case "no-access":
      return `${label} does not let this account use that model.`;
    case "region":
      return `${label} does not serve this region.`;
    case "rate-limit":
      return `${label} was asked too often.`;
    case "overloaded":
    case "server-error":
      return `${label} is in trouble itself.`;
    default:
      return `${label} could not be reached${withWhat}.`;
  }
}
