import { afterAll, afterEach } from "vitest";
import { openPages } from "./open-editor.ts";
import { takePicture } from "./take-picture.ts";

/** A test that fails leaves a picture of each open window, since the words of a timeout say little. */
afterEach(({ task }) => (task.result?.state === "fail" ? picture(task.name) : undefined));

/** And so does what a file does before its first test; this hook runs before the file's own, which close the windows. */
// biome-ignore lint/correctness/noEmptyPattern: vitest reads from the pattern which fixtures a hook needs, here none.
afterAll(({}, file) => (file.result?.state === "fail" ? picture(file.name) : undefined));

async function picture(what: string): Promise<void> {
  for (const page of openPages) {
    const name = `failed-${what.replace(/\W+/g, "-").slice(0, 80)}`;
    // A window that broke altogether cannot be pictured; the test's own failure is the news.
    await takePicture(page, name).catch(() => undefined);
  }
}
