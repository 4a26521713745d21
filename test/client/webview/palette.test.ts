import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import * as z from "zod";
import {
  contrast,
  LEAST_CONTRAST,
  luminance,
  type Rgb,
  readColour,
  seriesColours,
  seriesPattern,
} from "../../../client/webview/palette.ts";
import { themes } from "./harness/themes.ts";

const keys = ["a", "b", "c", "d", "e", "f", "g", "other"];
/** Pages of the editor's own themes, and of popular ones that are neither black nor white. */
const pages: Record<string, string> = {
  ...Object.fromEntries(
    Object.entries(themes).map(([name, { variables }]) => [name, variables["editor-background"] ?? ""]),
  ),
  "solarized light": "#fdf6e3",
  "solarized dark": "#002b36",
  monokai: "#272822",
  grey: "#777777",
};

describe("the colours of the charts", () => {
  it("stand out from the page by 3 to 1 in every theme", () => {
    for (const [name, page] of Object.entries(pages)) {
      const background = readColour(page);
      if (background === null) throw new Error(`${name} has no colour`);
      for (const [at, colour] of seriesColours(keys, background).entries()) {
        const rounded: Rgb = [Math.round(colour[0]), Math.round(colour[1]), Math.round(colour[2])];
        expect([name, at, contrast(rounded, background) >= LEAST_CONTRAST]).toEqual([name, at, true]);
      }
    }
  });

  it("are told apart without colours: neighbours differ in their pattern", () => {
    const drawn = keys.map((_, at) => seriesPattern(at));
    expect(new Set(drawn).size).toBe(keys.length);
  });

  it("keep what is left over grey, wherever it stands", () => {
    const [red, green, blue] = seriesColours(["other", "a"], [0, 0, 0])[0] ?? [0, 1, 2];
    expect([red === green, green === blue]).toEqual([true, true]);
  });

  it("know WCAG's own figures", () => {
    expect(contrast([0, 0, 0], [255, 255, 255])).toBeCloseTo(21, 5);
    expect(contrast([118, 118, 118], [255, 255, 255])).toBeCloseTo(4.54, 2);
    expect(luminance([255, 0, 0])).toBeCloseTo(0.2126, 4);
    expect(["#1f1f1f", "#fff", "rgb(1, 2, 3)", "rgba(1 2 3 / 0.5)", "red"].map(readColour)).toEqual([
      [31, 31, 31],
      [255, 255, 255],
      [1, 2, 3],
      [1, 2, 3],
      null,
    ]);
  });
});

describe("the colours of the tiers", () => {
  it("are the theme's to change, and without a theme's word those of our own style sheet", () => {
    const root = new URL("../../../", import.meta.url);
    const { contributes } = colorsSchema.parse(JSON.parse(readFileSync(new URL("package.json", root), "utf8")));
    const css = readFileSync(new URL("client/webview/styles/colours.css", root), "utf8");
    for (const tier of ["cheap", "frontier"]) {
      const inStyles = [...css.matchAll(new RegExp(`--vscode-wayfare-${tier}Foreground, (#[0-9a-f]{6})`, "g"))];
      const { defaults } = contributes.colors.find(({ id }) => id === `wayfare.${tier}Foreground`) ?? {};
      expect(inStyles.map(([, colour]) => colour)).toEqual([
        defaults?.dark,
        defaults?.light,
        defaults?.highContrast,
        defaults?.highContrastLight,
      ]);
    }
  });
});

const colorsSchema = z.object({
  contributes: z.object({ colors: z.array(z.object({ id: z.string(), defaults: z.record(z.string(), z.string()) })) }),
});
