import { afterEach } from "vitest";
import { openPages } from "./open-editor.ts";
import { takePicture } from "./take-picture.ts";

/** A test that fails leaves a picture of each open window, since the words of a timeout say little. */
afterEach(async ({ task }) => {
  if (task.result?.state !== "fail") return;
  for (const page of openPages) {
    const name = `failed-${task.name.replace(/\W+/g, "-").slice(0, 80)}`;
    // A window that broke altogether cannot be pictured; the test's own failure is the news.
    await takePicture(page, name).catch(() => undefined);
  }
});
