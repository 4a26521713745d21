import { defineConfig } from "vitest/config";

/** The suite that drives the packaged extension in a real VS Code: two editors at a time, each with folders of its own. */
export default defineConfig({
  test: {
    root: new URL("../..", import.meta.url).pathname,
    include: ["test/editor/**/*.test.ts"],
    setupFiles: ["test/editor/picture-failures.ts"],
    globalSetup: ["test/editor/set-up.ts"],
    pool: "forks",
    fileParallelism: true,
    maxWorkers: 2,
    // A busy machine shows in seconds what a quiet one shows at once.
    expect: { poll: { timeout: 20_000, interval: 100 } },
    testTimeout: 60_000,
    hookTimeout: 180_000,
    // What pictures a failure stands before what closes the windows.
    sequence: { hooks: "list" },
    // One broken step would fail every later one of its file for a reason of its own: show them all the same.
    bail: 0,
  },
});
