import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { lookAtScenes, themeNames } from "./harness/axe.ts";
import { type Bundle, bundlePage, chromiumIsThere, openPage, playScene, startBrowser } from "./harness/open-page.ts";
import { routesScenes } from "./harness/routes-scenes.ts";
import { themes } from "./harness/themes.ts";

/** The page of routes in a real browser: what axe finds, what the content policy refuses, what does not fit. */

const there = chromiumIsThere();
if (!there)
  console.warn("Skipped: the page of routes in a browser. There is no /usr/bin/chromium; install Debian's chromium.");

describe.skipIf(!there)("the page of routes in a browser", { timeout: 120_000 }, () => {
  let browser: Browser;
  let bundle: Bundle;
  beforeAll(async () => {
    [browser, bundle] = await Promise.all([startBrowser(), bundlePage("routes")]);
  }, 60_000);
  afterAll(async () => {
    await browser?.close();
  });

  it.each(themeNames)(
    "has nothing serious for axe in any state, breaks no policy and fits 300 px and 1200 px, in %s",
    async (theme) => {
      // As cards in one kind of theme, as a table in the other; that it fits is looked at in both.
      const widths = theme === "light" || theme === "hc-dark" ? [1_200, 300] : [300, 1_200];
      const seen = await lookAtScenes(browser, bundle, routesScenes, { theme, widths });
      expect(seen).toEqual({ wrong: [], troubles: [] });
    },
  );

  it("is a table with names for its columns, wide and as cards, and its head stays in sight", async () => {
    const { page } = await openPage(browser, bundle, { theme: themes.dark, width: 1_200, height: 300 });
    await playScene(page, routesScenes.routes ?? { messages: [] });
    for (const width of [1_200, 300]) {
      await page.setViewportSize({ width, height: 300 });
      const table = page.getByRole("table", {
        name: "Each tier in the order in which an ordinary question is put to it",
      });
      expect(await table.getByRole("columnheader").count()).toBe(9);
      expect(await table.getByRole("row").count()).toBe(9);
      expect(await table.getByRole("rowheader", { name: /^gpt-5\.4-mini/ }).count()).toBe(1);
      await page.evaluate(() => window.scrollTo(0, document.body.scrollHeight));
      const top = await table
        .getByRole("columnheader", { name: /^Model/ })
        .evaluate((head) => head.getBoundingClientRect().top);
      expect([width, top >= 0 && top < 40]).toEqual([width, true]);
    }
    await page.context().close();
  });

  it("is sorted, tested and paused by keyboard alone", async () => {
    const { page } = await openPage(browser, bundle, { theme: themes.dark, width: 1_200, height: 800 });
    await playScene(page, routesScenes.routes ?? { messages: [] });
    await page.getByRole("button", { name: "Drill" }).focus();
    const press = async (...keys: string[]) => {
      for (const key of keys) await page.keyboard.press(key);
    };
    await press("Tab", "Tab", "Enter");
    expect(await page.getByRole("columnheader", { name: /^State/ }).getAttribute("aria-sort")).toBe("ascending");
    await press("Enter", "Enter");
    await press(...Array(7).fill("Tab"), "Enter", "Tab", "Space");
    expect(await page.evaluate(() => (window as unknown as { sent: unknown[] }).sent)).toEqual([
      { type: "ready" },
      { type: "test", providerId: "openai", modelId: "gpt-5.4-mini" },
      { type: "pause", providerId: "openai", modelId: "gpt-5.4-mini", paused: true },
    ]);
    await page.context().close();
  });
});
