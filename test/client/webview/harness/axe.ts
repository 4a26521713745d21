import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Browser } from "playwright-core";
import { type Bundle, openPage, playScene } from "./open-page.ts";
import { themes } from "./themes.ts";

const axeSource = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

interface Found {
  violations: { id: string; impact: string | null; nodes: { html: string; failureSummary?: string }[] }[];
}

export const themeNames = Object.keys(themes) as (keyof typeof themes)[];

/**
 * What is wrong with the scenes of a page in one theme: a width at which it scrolls sideways, and what axe calls serious at
 * the last of the widths. `troubles`: what the content policy refused, and errors.
 */
export async function lookAtScenes(
  browser: Browser,
  bundle: Bundle,
  scenes: Readonly<Record<string, Parameters<typeof playScene>[1]>>,
  { theme, widths }: { theme: keyof typeof themes; widths: readonly number[] },
): Promise<{ wrong: string[]; troubles: readonly string[] }> {
  const wrong: string[] = [];
  const { page, troubles } = await openPage(browser, bundle, { theme: themes[theme], width: 1_200, height: 800 });
  await page.evaluate(axeSource);
  for (const [name, scene] of Object.entries(scenes)) {
    await playScene(page, scene);
    for (const width of widths) {
      await page.setViewportSize({ width, height: 800 });
      const isWide = await page.evaluate(
        () => document.documentElement.scrollWidth > document.documentElement.clientWidth,
      );
      if (isWide) wrong.push(`${name} ${width}: scrolls sideways`);
    }
    const { violations } = await page.evaluate(
      () => (window as unknown as { axe: { run(): Promise<Found> } }).axe.run() as Promise<Found>,
    );
    for (const { id, impact, nodes } of violations) {
      if (impact !== "serious" && impact !== "critical") continue;
      for (const node of nodes) wrong.push(`${name}: ${id} ${node.html.slice(0, 120)} ${node.failureSummary}`);
    }
  }
  await page.context().close();
  return { wrong, troubles };
}
