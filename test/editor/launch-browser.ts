import { type Browser, chromium } from "playwright-core";
import { findChromium } from "../../scripts/system-packages.ts";

/** The system's Chromium without a sandbox (it runs as root in containers) and without errands of its own. */
export function launchBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: findChromium() ?? "chromium",
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
