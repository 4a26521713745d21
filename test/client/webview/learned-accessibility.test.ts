import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { lookAtScenes, themeNames } from "./harness/axe.ts";
import { learnedScenes } from "./harness/learned-scenes.ts";
import { type Bundle, bundlePage, chromiumIsThere, openPage, playScene, startBrowser } from "./harness/open-page.ts";
import { themes } from "./harness/themes.ts";

/** The page of what was learned in a real browser: what axe finds, what the content policy refuses, what does not fit. */

const there = chromiumIsThere();
if (!there)
  console.warn(
    "Skipped: the page of what was learned in a browser. There is no /usr/bin/chromium; install Debian's chromium.",
  );

describe.skipIf(!there)("the page of what was learned in a browser", { timeout: 120_000 }, () => {
  let browser: Browser;
  let bundle: Bundle;
  beforeAll(async () => {
    [browser, bundle] = await Promise.all([startBrowser(), bundlePage("learned")]);
  }, 60_000);
  afterAll(async () => {
    await browser?.close();
  });

  it.each(themeNames)(
    "has nothing serious for axe in any state, breaks no policy and fits 300 px and 1200 px, in %s",
    async (theme) => {
      const widths = [1_200, 300];
      const seen = await lookAtScenes(browser, bundle, learnedScenes, { theme, widths });
      expect(seen).toEqual({ wrong: [], troubles: [] });
    },
  );

  it("is read, and a row of it forgotten, by keyboard alone", async () => {
    const { page } = await openPage(browser, bundle, { theme: themes.dark, width: 1_200, height: 800 });
    await playScene(page, learnedScenes.rows);
    const table = page.getByRole("table", { name: /^How each model's answers did/ });
    expect(await table.getByRole("columnheader").count()).toBe(10);
    expect(await table.getByRole("rowheader").count()).toBe(4);
    await page.getByRole("group", { name: /^How each model's answers did/ }).focus();
    for (const key of ["Tab", "Tab", "Enter"]) await page.keyboard.press(key);
    expect(await page.evaluate(() => (window as unknown as { sent: unknown[] }).sent)).toEqual([
      { type: "ready" },
      {
        type: "forget",
        row: {
          providerId: "openai",
          modelId: "gpt-5.4-mini",
          simulated: false,
          kind: "edit",
          languageId: "typescript",
        },
      },
    ]);
    await page.context().close();
  });
});
