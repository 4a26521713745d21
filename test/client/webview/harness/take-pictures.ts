// Pictures of the chat page in every state, theme and width, into artifacts/webview/.
// Run: node test/client/webview/harness/take-pictures.ts [scene …]
import { mkdir } from "node:fs/promises";
import { bundlePage, openPage, playScene, startBrowser } from "./open-page.ts";
import { scenes } from "./scenes.ts";
import { themes } from "./themes.ts";

const folder = "artifacts/webview";
const wanted = process.argv.slice(2);
await mkdir(folder, { recursive: true });
const bundle = await bundlePage();
const browser = await startBrowser();

async function picture(scene: string, theme: keyof typeof themes, width: number, height: number, suffix: string) {
  const { page, troubles } = await openPage(browser, bundle, { theme: themes[theme], width, height });
  await playScene(page, scenes[scene] ?? { messages: [] });
  await page.screenshot({ path: `${folder}/${scene}-${theme}${suffix}.png` });
  const wide = await page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth);
  if (wide) troubles.push("scrolls sideways");
  if (troubles.length > 0) console.error(scene, theme, width, troubles);
  await page.context().close();
}

for (const scene of Object.keys(scenes)) {
  if (wanted.length > 0 && !wanted.includes(scene)) continue;
  for (const theme of ["dark", "light", "hc-dark", "hc-light"] as const) await picture(scene, theme, 380, 760, "");
  await picture(scene, "dark", 300, 700, "-narrow");
  await picture(scene, "light", 1200, 800, "-wide");
}
await browser.close();
console.log(`bundle: script ${bundle.script.length} bytes, style ${bundle.style.length} bytes`);
