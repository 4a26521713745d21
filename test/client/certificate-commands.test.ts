import { beforeEach, expect, it, vi } from "vitest";
import { registerCertificateCommands } from "../../client/certificate-commands.ts";
import type { VettedSettings } from "../../client/read-settings.ts";
import { editor, reset } from "./fake-vscode.ts";
import { type Reply, scriptedDialog } from "./scripted-dialog.ts";

vi.mock("vscode", () => import("./fake-vscode.ts"));

beforeEach(reset);

async function enter(clientCertificates: unknown, script: readonly Reply[]) {
  const stored: [string, string][] = [];
  const { dialog, seen, left } = scriptedDialog(script);
  registerCertificateCommands({
    configuration: { read: () => ({ clientCertificates }) as VettedSettings },
    keys: { storePassphrase: async (...entry) => void stored.push(entry) },
    dialog,
  });
  await (editor.commands.get("wayfare.enterPassphrase") as () => Promise<void>)();
  expect(left()).toBe(0);
  return { stored, seen };
}

const key = { certFile: "/c/me.pem", keyFile: "/c/me.key" };
const pfx = { host: "a.test", pfxFile: "/c/me.pfx" };

it("keeps a passphrase for the one file there is", async () => {
  const { stored, seen } = await enter([key, { nonsense: true }, key], [{ type: "secret" }]);
  expect(stored).toEqual([["/c/me.key", "secret"]]);
  expect(seen).toHaveLength(1);
  expect(seen[0]).toContain(
    "It opens /c/me.key, and is kept in VS Code's secret storage. Leave it empty to forget it.",
  );
});

it("asks which file it is for, with a way back, and forgets what is left empty", async () => {
  const script: Reply[] = [{ pick: "/c/me.key" }, "back", { pick: "/c/me.pfx" }, { type: "" }];
  expect((await enter([key, pfx], script)).stored).toEqual([["/c/me.pfx", ""]]);
  expect((await enter([key, pfx], ["escape"])).stored).toEqual([]);
  expect((await enter([key], ["escape"])).stored).toEqual([]);
});

it.each([[[]], [undefined], ["/c/me.pfx"], [[{ pfxFile: "me.pfx" }]]])(
  "says that %j names no file",
  async (written) => {
    editor.answers = ["Open Settings"];
    expect((await enter(written, [])).stored).toEqual([]);
    expect(editor.shown).toEqual(["wayfare.network.clientCertificates names no file that a passphrase could open."]);
    expect(editor.executed).toEqual([["workbench.action.openSettings", "wayfare.network.clientCertificates"]]);
  },
);
