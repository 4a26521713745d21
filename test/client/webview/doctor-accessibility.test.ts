import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { lookAtScenes, themeNames } from "./harness/axe.ts";
import { doctorScenes } from "./harness/doctor-scenes.ts";
import { type Bundle, bundlePage, chromiumIsThere, openPage, playScene, startBrowser } from "./harness/open-page.ts";
import { themes } from "./harness/themes.ts";

/** The doctor's page in a real browser: what axe finds, what the content policy refuses, what does not fit. */

const there = chromiumIsThere();
if (!there)
  console.warn("Skipped: the doctor's page in a browser. There is no /usr/bin/chromium; install Debian's chromium.");

describe.skipIf(!there)("the doctor's page in a browser", { timeout: 120_000 }, () => {
  let browser: Browser;
  let bundle: Bundle;
  beforeAll(async () => {
    [browser, bundle] = await Promise.all([startBrowser(), bundlePage("doctor")]);
  }, 60_000);
  afterAll(async () => {
    await browser?.close();
  });

  it.each(themeNames)(
    "has nothing serious for axe in any state, breaks no policy and fits 300 px and 1200 px, in %s",
    async (theme) => {
      const widths = [1_200, 300];
      const seen = await lookAtScenes(browser, bundle, doctorScenes, { theme, widths });
      expect(seen).toEqual({ wrong: [], troubles: [] });
    },
  );

  it("has nothing lie over anything else in a column of 110 px", async () => {
    const { page } = await openPage(browser, bundle, { theme: themes.dark, width: 110, height: 800 });
    await playScene(page, doctorScenes.ended);
    const over = await page.evaluate(() =>
      [...document.querySelectorAll("li.check")].flatMap((line) => {
        const [mark, again] = [".state-mark", ".again"].map((each) =>
          line.querySelector(each)?.getBoundingClientRect(),
        );
        if (mark === undefined || again === undefined) return ["missing"];
        const isOver =
          mark.right > again.left && again.right > mark.left && mark.bottom > again.top && again.bottom > mark.top;
        return isOver || again.right > 110 ? [line.textContent] : [];
      }),
    );
    await page.context().close();
    expect(over).toEqual([]);
  });

  it("is read and used by keyboard alone", async () => {
    const { page } = await openPage(browser, bundle, { theme: themes.dark, width: 1_200, height: 800 });
    await playScene(page, doctorScenes.ended);
    expect(await page.locator("ul.checks").count()).toBe(3);
    expect(await page.getByRole("heading", { level: 2 }).count()).toBe(4);
    expect(await page.locator("li.check").filter({ hasText: "Broken" }).count()).toBe(3);
    // The way to each of the six that want looking at, and there.
    const jumps = page.getByRole("navigation", { name: "What wants looking at" }).getByRole("button");
    expect(await jumps.count()).toBe(6);
    await jumps.first().focus();
    await page.keyboard.press("Enter");
    expect(await page.locator("li.check:focus h3").textContent()).toBe("Key");
    await page.getByRole("button", { name: "Copy diagnostics" }).focus();
    // Six ways to rows; the first four rows have one button each; the fifth has its two ways out first.
    for (let presses = 0; presses < 11; presses++) await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Space");
    expect(await page.evaluate(() => (window as unknown as { sent: unknown[] }).sent)).toEqual([
      { type: "ready" },
      { type: "way", id: "provider openai key", at: 0 },
      { type: "run", only: "provider openai key" },
    ]);
    await page.context().close();
  });
});
