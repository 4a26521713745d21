// Pictures of the chat page and of the pages of routes and of what was learned in every state, theme and width, into artifacts/webview/.
// Run: node test/client/webview/harness/take-pictures.ts [scene …]
import { mkdir } from "node:fs/promises";
import { doctorScenes } from "./doctor-scenes.ts";
import { endpointScenes } from "./endpoint-scenes.ts";
import { learnedScenes } from "./learned-scenes.ts";
import { bundlePage, openPage, playScene, startBrowser } from "./open-page.ts";
import { routesScenes } from "./routes-scenes.ts";
import { scenes } from "./scenes.ts";
import { themes } from "./themes.ts";

const folder = "artifacts/webview";
const wanted = process.argv.slice(2);
await mkdir(folder, { recursive: true });
const pages = {
  chat: { bundle: await bundlePage(), scenes },
  routes: { bundle: await bundlePage("routes"), scenes: routesScenes },
  learned: { bundle: await bundlePage("learned"), scenes: learnedScenes },
  doctor: { bundle: await bundlePage("doctor"), scenes: doctorScenes },
  endpoint: { bundle: await bundlePage("endpoint"), scenes: endpointScenes },
};
const browser = await startBrowser();

async function picture(
  of: keyof typeof pages,
  scene: string,
  theme: keyof typeof themes,
  { width, height, suffix = "" }: { width: number; height: number; suffix?: string },
) {
  const { bundle } = pages[of];
  const scenes: Record<string, Parameters<typeof playScene>[1]> = pages[of].scenes;
  const { page, troubles } = await openPage(browser, bundle, { theme: themes[theme], width, height });
  await playScene(page, scenes[scene] ?? { messages: [] });
  const name = of === "chat" ? scene : `${of}-${scene}`;
  await page.screenshot({ path: `${folder}/${name}-${theme}${suffix}.png` });
  const wide = await page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth);
  if (wide) troubles.push("scrolls sideways");
  if (troubles.length > 0) console.error(name, theme, width, troubles);
  await page.context().close();
}

for (const of of Object.keys(pages) as (keyof typeof pages)[]) {
  for (const scene of Object.keys(pages[of].scenes)) {
    if (wanted.length > 0 && !wanted.includes(scene)) continue;
    const isOfChat = of === "chat";
    for (const theme of ["dark", "light", "hc-dark", "hc-light"] as const) {
      await picture(of, scene, theme, isOfChat ? { width: 380, height: 760 } : { width: 1200, height: 820 });
    }
    await picture(of, scene, "dark", { width: 300, height: isOfChat ? 700 : 1_400, suffix: "-narrow" });
    const half = isOfChat
      ? { width: 1200, height: 800, suffix: "-wide" }
      : { width: 700, height: 1_000, suffix: "-half" };
    await picture(of, scene, "light", half);
  }
}
await browser.close();
for (const { bundle } of Object.values(pages))
  console.log(`${bundle.page}: script ${bundle.script.length} bytes, style ${bundle.style.length} bytes`);
