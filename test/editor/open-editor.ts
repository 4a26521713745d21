import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { BrowserContext, Page } from "playwright-core";
import { builtinExtensionsFolder, freePort, logIn, startEditor } from "../../scripts/editor.ts";
import { firstSettings } from "../../scripts/first-start.ts";
import { inRoot } from "../../scripts/root.ts";
import { chatFrame } from "./chat.ts";
import { launchBrowser } from "./launch-browser.ts";
import { builtins, installed } from "./suite-folders.ts";

export interface EditorRequest {
  /** User settings, on top of the quiet ones of a first start. */
  settings?: Record<string, unknown>;
  /** sample: a copy of the sample project; none: a window without a folder; or files by path. */
  folder: "sample" | "none" | Readonly<Record<string, string>>;
  /** Opened at once, relative to the folder. */
  file?: string;
  viewport?: { width: number; height: number };
  workspaceTrust?: "on" | "off";
  /** More of the editor's own extensions than the few of the suite, by their folders' names. */
  moreBuiltins?: readonly string[];
  /** A tracer and its arguments, put before the editor's command line. */
  wrapper?: (workFolder: string) => readonly string[];
  /** Done before the editor starts, to what it will find. */
  prepare?: (editor: { storage: string; userData: string }) => void;
  environment?: Readonly<Record<string, string>>;
}

/** A real VS Code with the packaged extension installed and a browser on it; all of it is this test file's own. */
export interface EditorUnderTest {
  readonly page: Page;
  readonly context: BrowserContext;
  /** The workspace folder; an empty string without one. */
  readonly folder: string;
  readonly userData: string;
  /** The extension's global storage. */
  readonly storage: string;
  /** The editor's own process; its descendants are the extension host and the server. */
  readonly pid: number;
  /** What the browser's console and the editor's log said; for the message of a failing test. */
  readonly lines: readonly string[];
  /** Loads the window anew, as a person does with the browser's reload. */
  reload(): Promise<void>;
  close(): Promise<void>;
}

/** Windows that are open now: pictured when a test fails. */
export const openPages = new Set<Page>();

/** The last lines kept of what the editor and the page say. */
const keptLines = 500;

/** Starts an editor and opens its window; resolves when the workbench stands and extensions are activated. */
export async function openEditor(request: EditorRequest): Promise<EditorUnderTest> {
  const work = mkdtempSync(join(tmpdir(), "wayfare-editor-"));
  const folders = { userData: join(work, "user"), extensions: join(work, "extensions") };
  const storage = join(folders.userData, "User", "globalStorage", "wayfare.wayfare");
  cpSync(installed, folders.extensions, { recursive: true });
  rewriteLocations(folders.extensions);
  const settings = join(folders.userData, "User", "settings.json");
  mkdirSync(dirname(settings), { recursive: true });
  writeFileSync(
    settings,
    JSON.stringify({
      ...firstSettings,
      "workbench.reduceMotion": "on",
      "workbench.editor.useModal": "off",
      // What a suite asks twice, of a vendor that does otherwise the second time, is to be sent twice.
      "wayfare.cache.enabled": false,
      ...request.settings,
    }),
  );
  const folder = makeFolder(work, request.folder);
  request.prepare?.({ storage, userData: folders.userData });

  const lines: string[] = [];
  const keep = (text: string): void => {
    lines.push(...text.split("\n").filter((line) => line !== ""));
    lines.splice(0, lines.length - keptLines);
  };
  const password = "wayfare-suite";
  // Below the ports that the system hands out by itself: one of those could be taken before the editor listens.
  const port = await freePort(20_000 + (process.pid % 12_000));
  const editor = await startEditor({
    folders,
    port,
    password,
    builtinExtensions: withMore(work, request.moreBuiltins ?? []),
    workspaceTrust: request.workspaceTrust ?? "off",
    wrapper: request.wrapper?.(work) ?? [],
    environment: request.environment ?? {},
    onOutput: keep,
  });
  const browser = await launchBrowser();
  const context = await browser.newContext({ viewport: request.viewport ?? { width: 1280, height: 800 } });
  const page = await context.newPage();
  openPages.add(page);
  const close = async (): Promise<void> => {
    openPages.delete(page);
    await browser.close();
    await editor.group.stop();
    rmSync(work, { recursive: true, force: true });
  };
  try {
    await context.grantPermissions(["clipboard-read", "clipboard-write"], { origin: editor.origin });
    const [name = "", value = ""] = (await logIn(editor.origin, password)).split("=");
    await context.addCookies([{ name, value, domain: "127.0.0.1", path: "/" }]);
    page.on("console", (message) => keep(`[page] ${message.text()}`));
    const query = new URLSearchParams(folder === "" ? { ew: "true" } : { folder });
    if (request.file !== undefined) {
      const uri = `vscode-remote://127.0.0.1:${port}${join(folder, request.file)}`;
      query.set("payload", JSON.stringify([["openFile", uri]]));
    }
    await page.goto(`${editor.origin}/?${query}`);
    await untilReady(page);
    // With something set up the chat opens once by itself and takes the focus: nothing else is to be typed before that.
    const isSetUp =
      request.settings?.["wayfare.playground"] === true || "wayfare.providers" in (request.settings ?? {});
    if (isSetUp) await untilChatOpened(page);
  } catch (error) {
    console.error(lines.slice(-40).join("\n"));
    await close();
    throw error;
  }
  return {
    page,
    context,
    folder,
    userData: folders.userData,
    storage,
    pid: editor.group.pid,
    lines,
    async reload() {
      await page.reload();
      await untilReady(page);
    },
    close,
  };
}

/** The workbench stands and Wayfare, which is activated after start, shows its item in the status bar. */
async function untilReady(page: Page): Promise<void> {
  await page.locator(".monaco-workbench").waitFor({ timeout: 60_000 });
  await page.locator('.statusbar-item[id^="wayfare"]').first().waitFor({ timeout: 60_000 });
}

/** The chat that opens by itself stands and has the focus, unless a file that was opened meanwhile took it again. */
async function untilChatOpened(page: Page): Promise<void> {
  const question = chatFrame(page).locator("#question");
  await question.waitFor({ timeout: 60_000 });
  const hasFocus = chatFrame(page).locator("#question:focus").waitFor({ timeout: 10_000 });
  await hasFocus.catch(() => question.focus());
}

function withMore(work: string, names: readonly string[]): string {
  if (names.length === 0) return builtins;
  const folder = join(work, "builtins");
  cpSync(builtins, folder, { recursive: true, verbatimSymlinks: true });
  // What they share, TypeScript among it, lies beside them.
  for (const name of [...names, "node_modules"]) symlinkSync(join(builtinExtensionsFolder, name), join(folder, name));
  return folder;
}

function makeFolder(work: string, wanted: EditorRequest["folder"]): string {
  if (wanted === "none") return "";
  // The name is what the window's title and the person's screenshots show.
  const folder = join(work, "sample");
  if (wanted === "sample") {
    cpSync(inRoot("media", "sample"), folder, { recursive: true });
    return folder;
  }
  mkdirSync(folder, { recursive: true });
  for (const [path, text] of Object.entries(wanted)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return folder;
}

/** The editor's list of installed extensions names absolute places; the copy's are its own. */
function rewriteLocations(extensions: string): void {
  const list = join(extensions, "extensions.json");
  const text = readFileSync(list, "utf8").replaceAll(installed, extensions);
  writeFileSync(list, text);
}
