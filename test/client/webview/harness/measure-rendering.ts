// What a 30 kB answer costs while it streams: the script time of the real page in a real browser, frame by frame, beside
// the same answer shown in one go. Layout is left out (the column is not displayed). Run: node test/client/webview/harness/measure-rendering.ts
import { bundlePage, openPage, playScene, startBrowser } from "./open-page.ts";
import { turn } from "./samples.ts";
import { scenes } from "./scenes.ts";
import { themes } from "./themes.ts";

/** About what a model sends in one frame at 12,000 characters a second. */
const PIECE_CHARACTERS = 200;

const part = (at: number) => `### Step ${at}

The **caller** of \`step${at}\` waits for the pool, so that *two* of them never hold the same connection. See
${at % 5 === 0 ? `[the manual](https://example.com/${at})` : "the manual"} for the rest:

\`\`\`ts src/step-${at}.ts
/** Takes the next connection, or waits for one. */
export async function step${at}(pool: Pool, limit = ${at}): Promise<Connection> {
  const free = pool.connections.find((each) => !each.busy);
  if (free !== undefined) return { ...free, busy: true, label: \`step \${limit}\` };
  await new Promise((resolve) => setTimeout(resolve, 10 * limit)); // a little later
  for (const each of pool.connections) {
    if (each.age > limit) each.close("too old", { force: false, reason: 'limit' });
  }
  return step${at}(pool, limit + 1);
}
\`\`\`

`;
const answer = Array.from({ length: 40 }, (_, at) => part(at)).join("");

const RUNS = 9;

const bundle = await bundlePage();
bundle.style += "#conversation{display:none}";
const browser = await startBrowser();
const { page } = await openPage(browser, bundle, { theme: themes.dark, width: 380, height: 760 });
await page.evaluate(() => {
  const waiting: FrameRequestCallback[] = [];
  window.requestAnimationFrame = (draw) => waiting.push(draw);
  Object.assign(window, {
    drawFrame: () => {
      for (const draw of waiting.splice(0)) draw(0);
    },
  });
});
await playScene(page, { messages: scenes.ready?.messages ?? [] }, "frames by hand");

/** Milliseconds of script for one answer that comes in pieces of so many characters. */
async function renderMs(id: string, pieceCharacters: number): Promise<number> {
  return await page.evaluate(
    ({ text, size, begun }) => {
      const { drawFrame } = window as unknown as { drawFrame(): void };
      const say = (data: unknown) => window.dispatchEvent(new MessageEvent("message", { data }));
      const startedAt = performance.now();
      say({ type: "turnStarted", turn: begun });
      for (let at = 0; at < text.length; at += size) {
        say({ type: "parts", turnId: begun.id, parts: [{ type: "text", text: text.slice(at, at + size) }] });
        drawFrame();
      }
      say({ type: "turnEnded", turn: { ...begun, state: "done", answer: text } });
      return performance.now() - startedAt;
    },
    { text: answer, size: pieceCharacters, begun: turn({ id, state: "answering", answer: "", decision: null }) },
  );
}

const first = await renderMs("first", PIECE_CHARACTERS);
const streamed: number[] = [];
const atOnce: number[] = [];
for (let run = 0; run < RUNS; run++) {
  streamed.push(await renderMs(`streamed-${run}`, PIECE_CHARACTERS));
  atOnce.push(await renderMs(`at-once-${run}`, answer.length));
}
await browser.close();

const median = (values: number[]) => values.sort((one, other) => one - other)[Math.floor(values.length / 2)] ?? 0;
const [streamedMs, atOnceMs] = [median(streamed), median(atOnce)];
console.log(
  `${(answer.length / 1_000).toFixed(0)} kB with 40 code blocks in ${Math.ceil(answer.length / PIECE_CHARACTERS)} pieces: ` +
    `${streamedMs.toFixed(1)} ms of script (median of ${RUNS}; the first answer of a page ${first.toFixed(1)} ms), ` +
    `${(streamedMs / atOnceMs).toFixed(1)} × the ${atOnceMs.toFixed(1)} ms of showing it in one go`,
);
