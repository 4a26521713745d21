import type { Finding, MendingCommand, Way } from "../../shared/doctor.ts";
import type { Failure } from "../../shared/failure.ts";
import type { PresetId } from "../../shared/settings.ts";
import { isKeyOurs } from "../../shared/told-failure.ts";
import { vendorPageFor } from "../../shared/vendor-pages.ts";

/** A button that opens a setting. */
export function setting(name: string): Way {
  return { kind: "setting", words: `Open ${name}`, setting: name };
}

/** A button that runs one of the commands that mend something. */
export function command(name: MendingCommand): Way {
  return { kind: "command", words: commandWords[name], command: name };
}

const commandWords: Readonly<Record<MendingCommand, string>> = {
  addProvider: "Add a provider",
  changeKey: "Change the key",
  restartServer: "Restart the server",
  showLog: "Show log",
  showRoutes: "Show the routes",
  showCosts: "Show the costs",
  startAnew: "Start counting anew",
  refreshPrices: "Read prices now",
  turnOnCompletions: "Let Wayfare complete",
  manageTrust: "Manage workspace trust",
  enterPassphrase: "Enter the passphrase",
  editProvider: "Edit the provider",
};

/** A failure as a finding: its own sentence, which names the mend, and the ways to it. `preset` of whom it came from. */
export function brokenBy(failure: Failure, preset: PresetId | null): Finding {
  return { state: "broken", seen: failure.message, advice: null, ways: waysOut(failure, preset) };
}

/** What mends a failure, the likeliest first; the vendor's own page where one is known. */
export function waysOut(failure: Failure, preset: PresetId | null): Way[] {
  const page = preset === null ? null : vendorPageFor(failure, preset);
  return [...waysHere(failure), ...(page === null ? [] : [{ kind: "link" as const, ...page }])];
}

function waysHere(failure: Failure): Way[] {
  switch (failure.kind) {
    case "auth":
      return isKeyOurs(failure) ? [command("changeKey")] : [];
    case "setup":
      if (failure.mend !== undefined) return [command(failure.mend)];
      if (failure.field === "key") return [command("changeKey")];
      return [setting(/^(wayfare|http)\.[\w.]+$/.test(failure.field) ? failure.field : "wayfare.providers")];
    case "network":
      if (failure.cause === "proxy") return [setting("http.proxy")];
      return failure.cause === "tls" ? [setting("wayfare.network.extraCaFile")] : [setting("wayfare.providers")];
    case "not-an-api":
    case "bad-request":
    case "malformed":
      return [setting("wayfare.providers")];
    case "unknown-model":
    case "no-access":
      return [setting("wayfare.tiers")];
    case "budget":
      return [setting(failure.cap?.setting ?? "wayfare.budget.daily")];
    case "region":
      return [setting("http.proxy"), command("addProvider")];
    case "quota":
    case "rate-limit":
    case "content-filter":
      return [];
    case "ledger":
    case "internal":
      return [command("restartServer"), command("showLog")];
    default:
      return [command("showLog")];
  }
}
