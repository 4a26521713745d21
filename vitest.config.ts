import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";

/** Unit, contract and architecture tests. The suite that drives the editor has a configuration of its own. */
export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    exclude: ["test/editor/**", "node_modules/**"],
    pool: "forks",
    // Vitest itself would leave one processor alone: of two that is half, and nobody waits for the other.
    maxWorkers: availableParallelism(),
    // A test that needs longer than this waits for something that will not come.
    testTimeout: 20_000,
  },
});
