// Pictures of the chat page and of the page of routes in every state, theme and width, into artifacts/webview/.
// Run: node test/client/webview/harness/take-pictures.ts [scene …]
import { mkdir } from "node:fs/promises";
import { bundlePage, openPage, playScene, startBrowser } from "./open-page.ts";
import { routesScenes } from "./routes-scenes.ts";
import { scenes } from "./scenes.ts";
import { themes } from "./themes.ts";

const folder = "artifacts/webview";
const wanted = process.argv.slice(2);
await mkdir(folder, { recursive: true });
const bundles = { chat: await bundlePage(), routes: await bundlePage("routes") };
const browser = await startBrowser();

async function picture(
  scene: string,
  theme: keyof typeof themes,
  { width, height, suffix = "" }: { width: number; height: number; suffix?: string },
) {
  const isOfRoutes = scene in routesScenes;
  const bundle = isOfRoutes ? bundles.routes : bundles.chat;
  const { page, troubles } = await openPage(browser, bundle, { theme: themes[theme], width, height });
  await playScene(page, (isOfRoutes ? routesScenes : scenes)[scene] ?? { messages: [] });
  await page.screenshot({ path: `${folder}/${scene}-${theme}${suffix}.png` });
  const wide = await page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth);
  if (wide) troubles.push("scrolls sideways");
  if (troubles.length > 0) console.error(scene, theme, width, troubles);
  await page.context().close();
}

for (const scene of Object.keys(scenes)) {
  if (wanted.length > 0 && !wanted.includes(scene)) continue;
  for (const theme of ["dark", "light", "hc-dark", "hc-light"] as const) {
    await picture(scene, theme, { width: 380, height: 760 });
  }
  await picture(scene, "dark", { width: 300, height: 700, suffix: "-narrow" });
  await picture(scene, "light", { width: 1200, height: 800, suffix: "-wide" });
}
for (const scene of Object.keys(routesScenes)) {
  if (wanted.length > 0 && !wanted.includes(scene)) continue;
  for (const theme of ["dark", "light", "hc-dark", "hc-light"] as const) {
    await picture(scene, theme, { width: 1200, height: 820 });
  }
  await picture(scene, "dark", { width: 300, height: 1_400, suffix: "-narrow" });
  await picture(scene, "light", { width: 700, height: 1_000, suffix: "-half" });
}
await browser.close();
for (const bundle of Object.values(bundles))
  console.log(`${bundle.page}: script ${bundle.script.length} bytes, style ${bundle.style.length} bytes`);
