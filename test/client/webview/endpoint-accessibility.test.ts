import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { lookAtScenes, themeNames } from "./harness/axe.ts";
import { endpointScenes, token } from "./harness/endpoint-scenes.ts";
import { type Bundle, bundlePage, chromiumIsThere, openPage, playScene, startBrowser } from "./harness/open-page.ts";
import { themes } from "./harness/themes.ts";

/** The page of the local endpoint in a real browser: what axe finds, what the content policy refuses, what does not fit. */

const there = chromiumIsThere();
if (!there)
  console.warn(
    "Skipped: the page of the local endpoint in a browser. There is no /usr/bin/chromium; install Debian's chromium.",
  );

describe.skipIf(!there)("the page of the local endpoint in a browser", { timeout: 120_000 }, () => {
  let browser: Browser;
  let bundle: Bundle;
  beforeAll(async () => {
    [browser, bundle] = await Promise.all([startBrowser(), bundlePage("endpoint")]);
  }, 60_000);
  afterAll(async () => {
    await browser?.close();
  });

  it.each(themeNames)(
    "has nothing serious for axe in any state, breaks no policy and fits 300 px and 1200 px, in %s",
    async (theme) => {
      const widths = [1_200, 300];
      const seen = await lookAtScenes(browser, bundle, endpointScenes, { theme, widths });
      expect(seen).toEqual({ wrong: [], troubles: [] });
    },
  );

  it("keeps the words of a button readable under the pointer in a theme that has no colour for that", async () => {
    const { page } = await openPage(browser, bundle, { theme: themes["hc-light"], width: 1_200, height: 800 });
    await playScene(page, endpointScenes.answering);
    const stop = page.getByRole("button", { name: "Stop" });
    await stop.hover();
    const { backgroundColor, color } = await stop.evaluate((button) => {
      const style = getComputedStyle(button);
      return { backgroundColor: style.backgroundColor, color: style.color };
    });
    expect({ backgroundColor, color }).toEqual({ backgroundColor: "rgb(255, 255, 255)", color: "rgb(41, 41, 41)" });
    await page.context().close();
  });

  it("keeps the buttons of a row where they are when one says Copied and the token is shown, and draws their borders in high contrast", async () => {
    const { page } = await openPage(browser, bundle, { theme: themes["hc-dark"], width: 1_200, height: 800 });
    await playScene(page, endpointScenes.answering);
    const boxes = () =>
      page.locator(".endpoint-token .endpoint-acts button").evaluateAll((buttons) =>
        buttons.map((button) => {
          const { left, width } = button.getBoundingClientRect();
          return { left, width };
        }),
      );
    const before = await boxes();
    await page.evaluate(
      (shown) => {
        for (const message of shown) window.postMessage(message, "*");
      },
      [
        { type: "copied", what: "token" },
        { type: "token", token },
      ],
    );
    await page.getByRole("button", { name: "Copied" }).waitFor();
    expect(await boxes()).toEqual(before);
    expect(new Set(before.map(({ width }) => width)).size).toBe(1);
    const borders = await page
      .locator(".code-button, .endpoint-acts button")
      .evaluateAll((buttons) => buttons.map((button) => getComputedStyle(button).borderTopColor));
    expect(new Set(borders)).toEqual(new Set(["rgb(111, 195, 223)"]));
    await page.context().close();
  });

  it("is read, the token shown and a snippet copied, by keyboard alone", async () => {
    const { page } = await openPage(browser, bundle, { theme: themes.dark, width: 1_200, height: 800 });
    await playScene(page, endpointScenes.answering);
    await page.getByRole("main", { name: "Local endpoint" }).focus();
    const reached: string[] = [];
    for (let presses = 0; presses < 20; presses += 1) {
      await page.keyboard.press("Tab");
      const name = await page.evaluate(() => {
        const focused = document.activeElement;
        if (focused === document.body) return "";
        return focused?.getAttribute("aria-label") ?? focused?.textContent ?? "";
      });
      if (name === "" || reached.includes(name)) break;
      reached.push(name);
      if (name === "Show the token" || name.startsWith("Copy curl")) await page.keyboard.press("Enter");
    }
    expect(reached).toEqual([
      "Costs",
      "Stop",
      "Copy the address for tools of OpenAI's form",
      "Copy the address for tools of Anthropic's form",
      "Show the token",
      "Copy the token",
      "New token…",
      ...["curl", "OpenAI SDK", "AI SDK", "Anthropic SDK", "Environment variables"].flatMap((title) => [
        `Copy ${title}, with the token written in`,
        `${title}, with the token hidden`,
      ]),
      "3 models by name",
    ]);
    expect(await page.evaluate(() => (window as unknown as { sent: unknown[] }).sent)).toEqual([
      { type: "ready" },
      { type: "showToken" },
      { type: "copy", what: "request" },
    ]);
    const headings = await page.getByRole("heading").allTextContents();
    expect(headings.slice(0, 4)).toEqual(["Local endpoint", "Addresses", "Token", "What to paste"]);
    await page.context().close();
  });
});
