import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { contrast, readColour } from "../../../client/webview/palette.ts";
import { lookAtScenes, themeNames } from "./harness/axe.ts";
import { costsScenes } from "./harness/costs-scenes.ts";
import { type Bundle, bundlePage, chromiumIsThere, openPage, playScene, startBrowser } from "./harness/open-page.ts";
import { themes } from "./harness/themes.ts";

/** The page of costs in a real browser: what axe finds, what the content policy refuses, what does not fit. */

const there = chromiumIsThere();
if (!there)
  console.warn("Skipped: the page of costs in a browser. There is no /usr/bin/chromium; install Debian's chromium.");

describe.skipIf(!there)("the page of costs in a browser", { timeout: 120_000 }, () => {
  let browser: Browser;
  let bundle: Bundle;
  beforeAll(async () => {
    [browser, bundle] = await Promise.all([startBrowser(), bundlePage("costs")]);
  }, 60_000);
  afterAll(async () => {
    await browser?.close();
  });

  it.each(themeNames)(
    "has nothing serious for axe in any state, breaks no policy and fits 320 to 1,400 px, in %s",
    async (theme) => {
      // As a table in one kind of theme, as cards in the other; that it fits is looked at in both.
      const widths = theme === "light" || theme === "hc-dark" ? [1_400, 400, 320] : [320, 400, 1_400];
      const seen = await lookAtScenes(browser, bundle, costsScenes, { theme, widths });
      expect(seen).toEqual({ wrong: [], troubles: [] });
    },
  );

  it("is chosen, sorted and explained by keyboard alone", async () => {
    const { page } = await openPage(browser, bundle, { theme: themes.dark, width: 1_200, height: 800 });
    await playScene(page, costsScenes.costs ?? { messages: [] });
    const press = async (...keys: string[]) => {
      for (const key of keys) await page.keyboard.press(key);
    };
    const sent = () => page.evaluate(() => (window as unknown as { sent: Record<string, unknown>[] }).sent);
    await page.getByRole("button", { name: "Delete…" }).focus();
    await press("Tab", "ArrowRight");
    expect((await sent()).at(-1)).toMatchObject({ type: "params", params: { range: { kind: "days", days: 30 } } });
    await press("Tab", "Tab", "Tab", "Enter");
    await page.getByText("Everything that was asked of a model in these days").waitFor();
    await page.getByRole("radio", { name: "Tier" }).focus();
    await press("ArrowRight");
    expect((await sent()).at(-1)).toMatchObject({ params: { splitBy: "model" } });
    await page.getByRole("button", { name: "Lines" }).focus();
    await press("Enter");
    expect(await page.getByRole("columnheader", { name: "Lines" }).getAttribute("aria-sort")).toBe("descending");
    await page
      .getByRole("button", { name: /^Explain this request/ })
      .first()
      .focus();
    await press("Enter");
    expect((await sent()).at(-1)).toEqual({ type: "explain", requestId: "turn-2" });
    expect(await page.getByRole("img", { name: /^Spending by day, split by tier: \$1\.20/ }).count()).toBe(1);
    await page.context().close();
  });

  it("scrolls a wide table in its own frame at 500 px, its first column in sight, and never the page", async () => {
    for (const scene of ["costs", "costs-huge"]) {
      const { page } = await openPage(browser, bundle, { theme: themes.light, width: 500, height: 800 });
      await playScene(page, costsScenes[scene] ?? { messages: [] });
      const seen = await page.evaluate(() => {
        const frame = document.querySelector(".price-table")?.parentElement;
        const root = document.documentElement;
        if (!frame) return null;
        frame.scrollLeft = 1_000;
        const left = (selector: string) => frame.querySelector(selector)?.getBoundingClientRect().left;
        return {
          scrolls: frame.scrollLeft > 0,
          heads: [left("thead th"), left("tbody th")].map((at) => at === frame.getBoundingClientRect().left),
          pageFits: root.scrollWidth <= root.clientWidth,
        };
      });
      expect([scene, seen]).toEqual([scene, { scrolls: true, heads: [true, true], pageFits: true }]);
      await page.context().close();
    }
  });

  it("keeps the moment of a dear request in one line", async () => {
    const { page } = await openPage(browser, bundle, { theme: themes.dark, width: 800, height: 800 });
    await playScene(page, costsScenes.costs ?? { messages: [] });
    const seen = await page.evaluate(() => {
      const lines = (each: Element) => {
        const range = document.createRange();
        range.selectNodeContents(each);
        return range.getClientRects().length;
      };
      const root = document.documentElement;
      return [[...document.querySelectorAll(".dear tbody th .dim")].map(lines), root.scrollWidth <= root.clientWidth];
    });
    expect(seen).toEqual([[1, 1, 1], true]);
    await page.context().close();
  });

  it("opens one figure and stretches no other", async () => {
    const { page } = await openPage(browser, bundle, { theme: themes.dark, width: 1_200, height: 800 });
    await playScene(page, costsScenes.costs ?? { messages: [] });
    const heights = () =>
      page
        .locator(".figure")
        .evaluateAll((cards) => cards.map((card) => Math.round(card.getBoundingClientRect().height)));
    const before = await heights();
    await page.locator("[data-figure=answer] summary").click();
    const after = await heights();
    const others = after.filter((_, at) => at !== 1);
    expect(Math.max(...others)).toBeLessThanOrEqual(Math.max(...before));
    expect(after[1]).toBeGreaterThan((before[1] ?? 0) + 50);
    await page.context().close();
  });

  it.each(Object.keys(themes) as (keyof typeof themes)[])(
    "has for a tier the colour of its badge, apart from the other's and from the page, in %s",
    async (theme) => {
      const { page } = await openPage(browser, bundle, { theme: themes[theme], width: 1_200, height: 800 });
      await playScene(page, costsScenes.costs ?? { messages: [] });
      const [cheap, frontier, badgeCheap, badgeFrontier, background] = await page.evaluate(() => {
        // The middle of a line of the pattern has the page's colour; a corner of the swatch may have it too.
        const most = (canvas: HTMLCanvasElement | undefined) => {
          const { data = [] } = canvas?.getContext("2d")?.getImageData(0, 0, 14, 14) ?? {};
          const counts = new Map<string, number>();
          for (let at = 0; at < data.length; at += 4) {
            const colour = `rgb(${data[at]}, ${data[at + 1]}, ${data[at + 2]})`;
            counts.set(colour, (counts.get(colour) ?? 0) + 1);
          }
          return [...counts].sort(([, one], [, other]) => other - one)[0]?.[0] ?? "";
        };
        const badge = (tier: string) =>
          getComputedStyle(document.querySelector(`.dear .tier.${tier}`) as Element).color;
        const swatches = [...document.querySelectorAll<HTMLCanvasElement>(".swatch")];
        const { backgroundColor } = getComputedStyle(document.body);
        return [most(swatches[0]), most(swatches[1]), badge("cheap"), badge("frontier"), backgroundColor];
      });
      expect([cheap, frontier]).toEqual([badgeCheap, badgeFrontier]);
      const [one, other, behind] = [cheap, frontier, background].map((text) => readColour(text ?? ""));
      if (!one || !other || !behind) throw new Error("a colour cannot be read");
      expect(one).not.toEqual(other);
      const least = theme.startsWith("hc") ? 7 : 4.5;
      expect(Math.min(contrast(one, behind), contrast(other, behind))).toBeGreaterThanOrEqual(least);
      await page.context().close();
    },
  );

  it("draws its pictures anew in the colours of another theme", async () => {
    const { page, troubles } = await openPage(browser, bundle, { theme: themes.dark, width: 1_200, height: 800 });
    await playScene(page, costsScenes.costs ?? { messages: [] });
    const colours = () =>
      page.evaluate(() => {
        const last = [...document.querySelectorAll<HTMLCanvasElement>(".swatch")].at(-1);
        return [...(last?.getContext("2d")?.getImageData(3, 3, 1, 1).data ?? [])].slice(0, 3);
      });
    expect(await colours()).toEqual([211, 155, 208]);
    await page.evaluate((variables) => {
      for (const [name, value] of Object.entries(variables)) {
        document.documentElement.style.setProperty(`--vscode-${name}`, value);
      }
      document.body.className = "vscode-light";
    }, themes.light.variables);
    await playScene(page, { messages: [] });
    const light = await colours();
    expect(light).toEqual([138, 60, 134]);
    expect(troubles).toEqual([]);
    await page.context().close();
  });
});
