import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { costsScenes } from "./harness/costs-scenes.ts";
import { doctorScenes } from "./harness/doctor-scenes.ts";
import { endpointScenes } from "./harness/endpoint-scenes.ts";
import { learnedScenes } from "./harness/learned-scenes.ts";
import { type Bundle, bundlePage, chromiumIsThere, openPage, playScene, startBrowser } from "./harness/open-page.ts";
import { routesScenes } from "./harness/routes-scenes.ts";
import { themes } from "./harness/themes.ts";

/** Pages of the editor area as they open: the focus is on what they say, their title in sight. */

const there = chromiumIsThere();
if (!there)
  console.warn("Skipped: the focus of pages in a browser. There is no /usr/bin/chromium; install Debian's chromium.");

type Scene = Parameters<typeof playScene>[1];
const named = (scenes: Record<string, Scene>, name: string): Scene => {
  const scene = scenes[name];
  if (scene === undefined) throw new Error(`There is no scene ${name}.`);
  return scene;
};
/** Each with what it shows, and before a setup. */
const pages: [Bundle["page"], Scene, Scene][] = [
  ["endpoint", endpointScenes.answering, endpointScenes.nobody],
  ["learned", learnedScenes.rows, learnedScenes.unset],
  ["doctor", doctorScenes.ended, doctorScenes.unset],
  ["routes", named(routesScenes, "routes"), named(routesScenes, "routes-empty")],
  ["costs", named(costsScenes, "costs"), named(costsScenes, "costs-empty")],
];

describe.skipIf(!there)("pages as they open in a browser", { timeout: 60_000 }, () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await startBrowser();
  }, 60_000);
  afterAll(async () => {
    await browser?.close();
  });
  /** Longer than the window is high, and in focus. */
  const open = async (name: Bundle["page"], scene: Scene) => {
    const { page } = await openPage(browser, await bundlePage(name), {
      theme: themes.dark,
      width: 1_200,
      height: 300,
    });
    await playScene(page, { messages: [...scene.messages, { type: "focus" }] });
    return page;
  };

  it.each(pages)("have their title in sight, and the focus on what is below it: %s", async (name, scene) => {
    const page = await open(name, scene);
    const seen = await page.evaluate(() => ({
      focused: document.activeElement?.id,
      scrolled: window.scrollY,
      isLong: document.documentElement.scrollHeight > window.innerHeight,
    }));
    expect(seen).toEqual({ focused: name, scrolled: 0, isLong: true });
    await page.context().close();
  });

  it.each(pages)("have the ways to begin below their title, at the same edge: %s", async (name, _scene, unset) => {
    const page = await open(name, unset);
    const edges = await page.evaluate(() =>
      ["h1", ".empty h2", ".way-in"].map((selector) => document.querySelector(selector)?.getBoundingClientRect().left),
    );
    expect(edges).toEqual([20, 20, 20]);
    await page.context().close();
  });
});
