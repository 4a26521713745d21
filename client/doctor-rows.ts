import { checkTitles, type DoctorRow, type Finding, type GeneralCheck, generalGroup } from "../shared/doctor.ts";
import type { ServerFacts } from "../shared/protocol.ts";
import type { SettingProblem } from "../shared/settings.ts";

/** What the extension host knows by itself, and the server does not. */
export interface HostFacts {
  extensionVersion: string;
  /** "Visual Studio Code 1.139.1". */
  editor: string;
  node: string;
  platform: string;
  /** "WSL: Ubuntu", or "" for this machine. */
  hostLabel: string;
  /** null while no server runs. */
  server: Pick<ServerFacts, "node" | "sqlite" | "rssBytes"> | null;
  trusted: boolean;
  /** Settings of this workspace's files that are left out. */
  ignored: readonly SettingProblem[];
  /** Extensions that complete code here, and the one that Wayfare leaves the field. */
  others: { present: readonly string[]; yieldsTo: string | null };
}

/** The doctor's rows about the editor: other completions, versions, the workspace. */
export function hostRows(facts: HostFacts): DoctorRow[] {
  return [
    row("ignored", ignoredFinding(facts)),
    row("others", othersFinding(facts)),
    row("versions", versionsFinding(facts)),
    row("trust", trustFinding(facts)),
  ];
}

function row(check: GeneralCheck, finding: Finding): DoctorRow {
  return { id: check, group: generalGroup, title: checkTitles[check], ...finding };
}

function ok(seen: string): Finding {
  return { state: "ok", seen, advice: null, ways: [] };
}

function ignoredFinding({ ignored }: HostFacts): Finding {
  if (ignored.length === 0) return ok("No file of this workspace tries to set more than it may.");
  return {
    state: "warning",
    seen: ignored.map(({ field, message }) => `${field}: ${message}`).join("\n"),
    advice: "A workspace can only make Wayfare spend and send less. If you want it, set it in your own settings.",
    ways: [],
  };
}

function othersFinding({ others: { present, yieldsTo } }: HostFacts): Finding {
  if (present.length === 0)
    return ok("No other extension that completes code is active, as far as Wayfare knows them.");
  const names = present.join(", ");
  const verb = present.length === 1 ? "completes" : "complete";
  if (yieldsTo !== null) {
    return {
      state: "warning",
      seen: `${names} ${verb} code here, too, and Wayfare leaves ${yieldsTo} the field.`,
      advice: `Turn the completions of ${yieldsTo} off, or say that Wayfare is to complete.`,
      ways: [{ kind: "command", words: "Let Wayfare complete", command: "turnOnCompletions" }],
    };
  }
  return {
    state: "warning",
    seen: `${names} ${verb} code here, too. You chose Wayfare.`,
    advice: `Turn the completions of ${names} off, so that two texts do not get in each other's way.`,
    ways: [],
  };
}

function versionsFinding({ extensionVersion, editor, node, platform, hostLabel, server }: HostFacts): Finding {
  const where = hostLabel === "" ? "" : `, on ${hostLabel}`;
  const its =
    server === null
      ? " No server runs."
      : ` The server: Node ${server.node}, SQLite ${server.sqlite ?? "not there"}, ${Math.round(server.rssBytes / 1_000_000)} MB.`;
  return ok(`Wayfare ${extensionVersion}, ${editor}, Node ${node}, ${platform}${where}.${its}`);
}

function trustFinding({ trusted }: HostFacts): Finding {
  if (trusted) return ok("This workspace is trusted.");
  return {
    state: "warning",
    seen: "Restricted Mode: there are no completions, and no file goes along with a question.",
    advice: "Trust the workspace if you trust whoever wrote it.",
    ways: [{ kind: "command", words: "Manage workspace trust", command: "manageTrust" }],
  };
}
