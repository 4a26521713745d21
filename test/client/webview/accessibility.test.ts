import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Bundle, bundlePage, chromiumIsThere, openPage, playScene, startBrowser } from "./harness/open-page.ts";
import {
  base,
  cheapDecision,
  chip,
  estimate,
  frontierDecision,
  routeEstimate,
  turn,
  withTurns,
} from "./harness/samples.ts";
import { scenes } from "./harness/scenes.ts";
import { themes } from "./harness/themes.ts";

/** The real page in a real browser: what axe finds, what the content policy refuses, what does not fit. */

const there = chromiumIsThere();
if (!there)
  console.warn("Skipped: the chat page in a browser. There is no /usr/bin/chromium; install Debian's chromium.");
const axeSource = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

interface Found {
  violations: { id: string; impact: string | null; nodes: { html: string; failureSummary?: string }[] }[];
}

describe.skipIf(!there)("the chat page in a browser", { timeout: 120_000 }, () => {
  let browser: Browser;
  let bundle: Bundle;
  beforeAll(async () => {
    [browser, bundle] = await Promise.all([startBrowser(), bundlePage()]);
  }, 60_000);
  afterAll(async () => {
    await browser?.close();
  });

  it("keeps tier, cost and model on the first line under an answer at 280 px, and the name in one piece", async () => {
    const { page } = await openPage(browser, bundle, { theme: themes.dark, width: 280, height: 700 });
    const lines: unknown[] = [];
    const answeredBy = { providerId: "playground", modelId: "sim-large", tier: "frontier" as const };
    const simulated = { ...frontierDecision, simulated: true, answeredBy };
    for (const decision of [frontierDecision, cheapDecision, simulated]) {
      await playScene(page, { messages: [{ type: "state", state: withTurns([turn({ decision })]) }] });
      lines.push(
        await page.evaluate(() => {
          const box = (selector: string) => document.querySelector(selector)?.getBoundingClientRect() ?? new DOMRect();
          const [tier, money, model] = [".tier", ".decision-line .money", ".line-model"].map(box);
          const middle = (of: DOMRect | undefined) => (of === undefined ? 0 : of.top + of.height / 2);
          return {
            together: Math.abs(middle(tier) - middle(money)) < 6 && Math.abs(middle(model) - middle(money)) < 6,
            modelLines: Math.round((model?.height ?? 0) / (money?.height ?? 1)),
          };
        }),
      );
      await playScene(page, { messages: [{ type: "state", state: base }] });
    }
    await page.context().close();
    expect(lines).toEqual(lines.map(() => ({ together: true, modelLines: 1 })));
  });

  it.each([200, 280, 400, 1_200])("keeps the box where it is when a price comes and goes, at %i px", async (width) => {
    const { page } = await openPage(browser, bundle, { theme: themes.dark, width, height: 700 });
    const box = () =>
      page.evaluate(() => {
        const { top, height } = document.querySelector(".composer-box")?.getBoundingClientRect() ?? new DOMRect();
        return { top, height, overflows: document.documentElement.scrollWidth > window.innerWidth };
      });
    const chips = [{ id: "file", chip: chip("src/pool.ts"), refused: null }];
    await playScene(page, { messages: [{ type: "state", state: { ...base, chips } }] });
    const before = await box();
    const large = { inputTokens: 109_412, costNano: 271_000_000 };
    const priced = {
      ...estimate,
      cheap: routeEstimate(large),
      frontier: routeEstimate({ ...large, tier: "frontier" }),
    };
    await playScene(page, { messages: [{ type: "estimate", estimate: priced, revision: 0 }] });
    const shown = await page.locator(".estimate").evaluate((node) => {
      const own = node.getBoundingClientRect();
      const parts = [...node.querySelectorAll("*")].map((part) => part.getBoundingClientRect());
      return { visible: own.height > 0, within: parts.every((part) => part.width < 2 || part.right <= own.right + 1) };
    });
    const after = await box();
    await page.context().close();
    expect(shown).toEqual({ visible: true, within: true });
    expect(before.overflows).toBe(false);
    expect(after).toEqual(before);
  });

  it.each(Object.keys(themes) as (keyof typeof themes)[])(
    "has nothing serious for axe in any state, breaks no policy and fits 280 px, in %s",
    async (theme) => {
      const wrong: string[] = [];
      const { page, troubles } = await openPage(browser, bundle, { theme: themes[theme], width: 280, height: 700 });
      await page.evaluate(axeSource);
      for (const [name, scene] of Object.entries(scenes)) {
        // One page, state after state, as a person's page lives on; what was open is closed by its own key.
        await page.keyboard.press("Escape");
        await playScene(page, { messages: [{ type: "state", state: base }] });
        await playScene(page, scene);
        const { violations } = await page.evaluate(
          () => (window as unknown as { axe: { run(): Promise<Found> } }).axe.run() as Promise<Found>,
        );
        for (const { id, impact, nodes } of violations) {
          if (impact !== "serious" && impact !== "critical") continue;
          for (const node of nodes) wrong.push(`${name}: ${id} ${node.html.slice(0, 120)} ${node.failureSummary}`);
        }
        const wide = await page.evaluate(() =>
          ["html", "#conversation", "#composer"].filter((selector) => {
            const node = document.querySelector(selector);
            return node !== null && node.scrollWidth > node.clientWidth;
          }),
        );
        for (const selector of wide) wrong.push(`${name}: ${selector} scrolls sideways`);
      }
      await page.context().close();
      expect([...wrong, ...troubles]).toEqual([]);
    },
  );

  it.each(Object.keys(themes) as (keyof typeof themes)[])(
    "shows code on the block's own ground and in its own colour, whatever the editor gives to words of code, in %s",
    async (theme) => {
      const { page } = await openPage(browser, bundle, { theme: themes[theme], width: 380, height: 700 });
      await playScene(page, { messages: scenes.done?.messages ?? [] });
      const seen = await page
        .locator(".code-block code")
        .first()
        .evaluate((code) => {
          const block = code.closest(".code-block");
          const colour = (node: Element | null) => (node === null ? "" : getComputedStyle(node).color);
          return [getComputedStyle(code).backgroundColor, colour(code) === colour(block)];
        });
      await page.context().close();
      expect(seen).toEqual(["rgba(0, 0, 0, 0)", true]);
    },
  );

  it("is worked by keyboard alone, with a visible focus at every stop", async () => {
    const { page } = await openPage(browser, bundle, { theme: themes.dark, width: 380, height: 700 });
    await playScene(page, { messages: scenes.done?.messages ?? [] });
    const stops: string[] = [];
    await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
    for (let at = 0; at < 40; at++) {
      await page.keyboard.press("Tab");
      const stop = await page.evaluate(() => {
        const node = document.activeElement;
        if (node === null || node === document.body) return null;
        const box = node.closest(".composer-box");
        const shown = (element: Element) => getComputedStyle(element).outlineStyle !== "none";
        const visible = node.id === "question" ? box !== null : shown(node);
        return `${visible ? "" : "UNSEEN "}${node.getAttribute("aria-label") ?? node.textContent?.trim() ?? node.id}`;
      });
      if (stop === null) break;
      stops.push(stop);
    }
    expect(stops.filter((stop) => stop.startsWith("UNSEEN"))).toEqual([]);
    for (const name of [
      "New chat",
      "Earlier conversations",
      "Ask Wayfare",
      "Who answers: Auto",
      "Copy the whole answer",
    ]) {
      expect(stops).toContain(name);
    }
    expect(stops.some((stop) => stop.startsWith("Copy this TypeScript"))).toBe(true);
    expect(stops.some((stop) => stop.startsWith("frontier$0.0125"))).toBe(true);
    await page.context().close();
  });

  it("follows a growing answer until the person scrolls up, and again from the end on", async () => {
    const { page } = await openPage(browser, bundle, { theme: themes.dark, width: 380, height: 500 });
    await playScene(page, { messages: scenes.streaming?.messages ?? [] });
    const say = (text: string) =>
      playScene(page, { messages: [{ type: "parts", turnId: "t", parts: [{ type: "text", text }] }] });
    const fromEnd = () =>
      page.evaluate(() => {
        const node = document.querySelector("#conversation");
        return node === null ? Number.NaN : Math.round(node.scrollHeight - node.scrollTop - node.clientHeight);
      });
    const more = "    value = 1\n".repeat(30);
    await say(more);
    expect(await fromEnd()).toBe(0);
    await page.mouse.move(190, 200);
    await page.mouse.wheel(0, -200);
    await page.locator(".latest").waitFor({ state: "visible" });
    const before = await page.evaluate(() => document.querySelector("#conversation")?.scrollTop);
    await say(more);
    expect(await page.evaluate(() => document.querySelector("#conversation")?.scrollTop)).toBe(before);
    await page.locator(".latest").click();
    expect(await fromEnd()).toBe(0);
    await say(more);
    expect(await fromEnd()).toBe(0);
    expect(await page.locator(".latest").isVisible()).toBe(false);
    await page.context().close();
  });

  it("grows the question box to ten lines and no further", async () => {
    const { page } = await openPage(browser, bundle, { theme: themes.dark, width: 380, height: 700 });
    await playScene(page, scenes.ready ?? { messages: [] });
    const height = async (lines: number) => {
      await page.locator("#question").fill(Array(lines).fill("x").join("\n"));
      return (await page.locator("#question").boundingBox())?.height ?? 0;
    };
    const [one, five, ten, twenty] = [await height(1), await height(5), await height(10), await height(20)];
    expect(five).toBeGreaterThan(4 * (one - 4));
    expect(ten).toBeGreaterThan(five);
    expect(twenty).toBe(ten);
    await page.context().close();
  });
});
