import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";

/** The tests of the server that change what everything in a process shares: the price list in force, and Node's own modules. */
export const changesTheProcess = [
  "test/server/core/price-data.test.ts",
  "test/server/engine/prices.test.ts",
  "test/server/store/refused-sync.test.ts",
];
const decisions = ["test/server/core/**/*.test.ts"];
const gateway = ["test/server/**/portkey-*.test.ts"];
const ofTheServer = ["test/server/**/*.test.ts", "test/shared/**/*.test.ts"];
const takesTurns = { isolate: false, setupFiles: ["test/leaves-nothing.ts"] };

/**
 * Unit, contract and architecture tests. The suite that drives the editor has a configuration of its own.
 *
 * With a process for each file, half of the time goes into starting it and reading the same modules again. The server keeps
 * nothing between two uses, so its files take turns in a few processes: `test/leaves-nothing.ts` holds each file to that, and
 * `test/tidy.test.ts` their helpers. The client's replace the editor's module for a whole file, and have their own.
 */
export default defineConfig({
  test: {
    pool: "forks",
    // Vitest itself would leave one processor alone: of two that is half, and nobody waits for the other.
    maxWorkers: availableParallelism(),
    // A test that needs longer than this waits for something that will not come.
    testTimeout: 20_000,
    // Every file is in one of them: what is in no other is in the last. scripts/test.ts names some.
    projects: [
      {
        extends: true,
        test: { ...takesTurns, name: "decisions", include: decisions, exclude: changesTheProcess },
      },
      {
        extends: true,
        test: {
          ...takesTurns,
          name: "server",
          include: ofTheServer,
          exclude: [...decisions, ...gateway, ...changesTheProcess],
        },
      },
      { extends: true, test: { name: "changes-the-process", include: changesTheProcess } },
      { extends: true, test: { name: "gateway", include: gateway } },
      {
        extends: true,
        test: { name: "elsewhere", include: ["test/**/*.test.ts"], exclude: ["test/editor/**", ...ofTheServer] },
      },
    ],
  },
});
