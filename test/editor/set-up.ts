import { existsSync, mkdirSync, readdirSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import {
  builtinExtensionsFolder,
  installEditor,
  installExtension,
  packageExtension,
  vsix,
} from "../../scripts/editor.ts";
import { artifacts } from "../../scripts/root.ts";
import { findChromium } from "../../scripts/system-packages.ts";
import { builtins, installed, suiteFolder } from "./suite-folders.ts";

/** The editor's own extensions that the suite needs: highlighting and themes, and nothing that opens sockets. */
const neededBuiltins =
  /^(theme-(defaults|modern-icons|seti)|(typescript|markdown)-basics|python|go|json|configuration-editing)$/;

/** Before the first file: the editor, the package, and the package installed the way a user does, once for all files. */
export default async function setUp(): Promise<void> {
  if (findChromium() === null) {
    throw new Error("Chromium is missing, so no editor can be driven. Install it: sudo apt-get install -y chromium");
  }
  await installEditor();
  // npm test has packaged it already; a developer who runs vitest alone wants the present sources.
  if (process.env.WAYFARE_TEST_COUNTS === undefined || !existsSync(vsix)) await packageExtension();
  rmSync(suiteFolder, { recursive: true, force: true });
  rmSync(join(artifacts, "screenshots"), { recursive: true, force: true });
  mkdirSync(builtins, { recursive: true });
  for (const name of readdirSync(builtinExtensionsFolder)) {
    if (neededBuiltins.test(name)) symlinkSync(join(builtinExtensionsFolder, name), join(builtins, name));
  }
  await installExtension({ userData: join(suiteFolder, "install"), extensions: installed });
}
