import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { artifacts } from "../../scripts/root.ts";

/** Takes a picture of the whole window into artifacts/screenshots/, for people to look at. */
export async function takePicture(page: Page, name: string): Promise<void> {
  const folder = join(artifacts, "screenshots");
  mkdirSync(folder, { recursive: true });
  await page.screenshot({ path: join(folder, `${name}.png`) });
}
