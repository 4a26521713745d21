import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { build } from "esbuild";
import { type Browser, chromium, type Page } from "playwright-core";
import type { ToCosts } from "../../../../client/webview/costs-messages.ts";
import type { ToDoctor } from "../../../../client/webview/doctor-messages.ts";
import type { ToEndpoint } from "../../../../client/webview/endpoint-messages.ts";
import type { ToLearned } from "../../../../client/webview/learned-messages.ts";
import type { ToPage } from "../../../../client/webview/messages.ts";
import {
  costsContent,
  doctorContent,
  endpointContent,
  learnedContent,
  pageHtml,
  routesContent,
} from "../../../../client/webview/page-html.ts";
import type { ToRoutes } from "../../../../client/webview/routes-messages.ts";
import type { Theme } from "./themes.ts";

/** The real page, bundled as it is shipped, in a real browser, behind its real content policy. */

const executablePath = "/usr/bin/chromium";
const root = join(dirname(new URL(import.meta.url).pathname), "../../../..");
const origin = "http://page.invalid";
const nonce = "harness0harness0harness0";

export function chromiumIsThere(): boolean {
  return existsSync(executablePath);
}

export async function startBrowser(): Promise<Browser> {
  return await chromium.launch({
    executablePath,
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
}

export interface Bundle {
  page: "chat" | "routes" | "costs" | "learned" | "doctor" | "endpoint";
  script: string;
  style: string;
  codiconStyle: string;
  codiconFont: Buffer;
}

export async function bundlePage(page: Bundle["page"] = "chat"): Promise<Bundle> {
  const { outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: [`client/webview/${page}.ts`, `client/webview/${page}.css`],
    bundle: true,
    minify: true,
    write: false,
    outdir: "out",
    platform: "browser",
    target: "chrome120",
    format: "iife",
  });
  const text = (end: string) => outputFiles.find((file) => file.path.endsWith(end))?.text ?? "";
  const codicons = dirname(createRequire(import.meta.url).resolve("@vscode/codicons/dist/codicon.css"));
  return {
    page,
    script: text(".js"),
    style: text(".css"),
    codiconStyle: await readFile(join(codicons, "codicon.css"), "utf8"),
    codiconFont: await readFile(join(codicons, "codicon.ttf")),
  };
}

const contents = {
  chat: undefined,
  routes: routesContent,
  costs: costsContent,
  learned: learnedContent,
  doctor: doctorContent,
  endpoint: endpointContent,
};

export interface OpenOptions {
  theme: Theme;
  width: number;
  height: number;
}

/** What the content policy refused, and errors of the page; both must stay empty. */
export interface Opened {
  page: Page;
  troubles: string[];
}

export async function openPage(browser: Browser, bundle: Bundle, options: OpenOptions): Promise<Opened> {
  const context = await browser.newContext({
    viewport: { width: options.width, height: options.height },
    reducedMotion: "reduce",
  });
  const page = await context.newPage();
  const troubles: string[] = [];
  page.on("pageerror", (error) => troubles.push(String(error)));
  page.on("console", (message) => {
    if (message.type() === "error") troubles.push(message.text());
  });
  const addresses = {
    nonce,
    cspSource: origin,
    scriptUri: `${origin}/chat.js`,
    styleUri: `${origin}/chat.css`,
    codiconUri: `${origin}/codicon.css`,
  };
  const html = pageHtml(addresses, contents[bundle.page]).replace(
    "<body>",
    `<body class="${options.theme.bodyClass}">`,
  );
  const files: Record<string, { body: string | Buffer; contentType: string }> = {
    "/": { body: html, contentType: "text/html" },
    "/chat.js": { body: bundle.script, contentType: "text/javascript" },
    "/chat.css": { body: frameStyle + bundle.style, contentType: "text/css" },
    "/codicon.css": { body: bundle.codiconStyle, contentType: "text/css" },
    "/codicon.ttf": { body: bundle.codiconFont, contentType: "font/ttf" },
    "/favicon.ico": { body: "", contentType: "image/x-icon" },
  };
  // Nothing leaves the machine: every address is answered here or not at all.
  await context.route("**", async (route) => {
    const file = files[new URL(route.request().url()).pathname];
    if (file === undefined) await route.abort();
    else await route.fulfill(file);
  });
  await page.addInitScript((variables: Record<string, string>) => {
    const sent: unknown[] = [];
    let kept: unknown;
    Object.assign(window, {
      sent,
      acquireVsCodeApi: () => ({
        postMessage: (message: unknown) => sent.push(message),
        getState: () => kept,
        setState: (state: unknown) => {
          kept = state;
        },
      }),
    });
    document.addEventListener("DOMContentLoaded", () => {
      for (const [name, value] of Object.entries(variables)) {
        document.documentElement.style.setProperty(`--vscode-${name}`, value);
      }
    });
  }, options.theme.variables);
  await page.goto(`${origin}/`);
  return { page, troubles };
}

export async function playScene(
  page: Page,
  scene: {
    messages: readonly (ToPage | ToRoutes | ToCosts | ToLearned | ToDoctor | ToEndpoint)[];
    typed?: string;
    clicks?: readonly string[];
  },
  frames: "frames of the browser" | "frames by hand" = "frames of the browser",
): Promise<void> {
  for (const message of scene.messages) {
    await page.evaluate((data) => window.dispatchEvent(new MessageEvent("message", { data })), message);
  }
  if (scene.typed !== undefined) await page.locator("#question").fill(scene.typed);
  for (const selector of scene.clicks ?? []) {
    await page.locator(selector).first().click();
    // A list that opens asks its host, who has answered already: say it again.
    const sessions = scene.messages.find((message) => message.type === "sessions");
    if (sessions !== undefined) {
      await page.evaluate((data) => window.dispatchEvent(new MessageEvent("message", { data })), sessions);
    }
  }
  if (frames === "frames by hand") return;
  await page.evaluate(
    () => new Promise<void>((done) => requestAnimationFrame(() => requestAnimationFrame(() => done()))),
  );
}

/**
 * What the editor itself puts into the frame of every webview, as far as it touches elements that the page has. It is in
 * a layer, so any rule of ours wins, but only where there is one.
 */
const frameStyle = `@layer vscode-default {
  body { margin: 0; padding: 0 20px; background-color: transparent; color: var(--vscode-editor-foreground); }
  a, a code { color: var(--vscode-textLink-foreground); }
  code { padding: 1px 3px; border-radius: 4px; color: var(--vscode-textPreformat-foreground); background-color: var(--vscode-textPreformat-background); }
  pre code { padding: 0; }
  blockquote { background: var(--vscode-textBlockQuote-background); border-color: var(--vscode-textBlockQuote-border); }
}
`;
