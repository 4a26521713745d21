import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { artifacts } from "../../scripts/root.ts";

interface Clip {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** Takes a picture of the window, or a part of it, into artifacts/screenshots/, for people to look at. */
export async function takePicture(page: Page, name: string, clip?: Clip): Promise<void> {
  const folder = join(artifacts, "screenshots");
  mkdirSync(folder, { recursive: true });
  await page.screenshot({ path: join(folder, `${name}.png`), ...(clip === undefined ? {} : { clip }) });
}
