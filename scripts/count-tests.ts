import { writeFileSync } from "node:fs";
import type { Reporter, TestCase, TestModule, TestSuite } from "vitest/node";

/** What one run of vitest came to; `skipped` and `broken` name each case with its reason. */
export interface TestCounts {
  passed: number;
  failed: number;
  skipped: { name: string; reason: string }[];
}

/**
 * A vitest reporter that writes the counts as JSON into the file that WAYFARE_TEST_COUNTS names. Beyond failed tests it
 * counts as failures what is easily lost: a file that did not load, a group whose hook threw, an error nobody awaited,
 * a test that never ended, and a test skipped without a reason.
 */
export default class CountTests implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly unknown[]): void {
    const counts: TestCounts = { passed: 0, failed: unhandledErrors.length, skipped: [] };
    for (const module of modules) {
      const broken = [module, ...module.children.allSuites()].filter((each) => each.errors().length > 0);
      counts.failed += broken.length;
      for (const test of module.children.allTests()) countTest(counts, test, broken);
    }
    const file = process.env.WAYFARE_TEST_COUNTS;
    if (file !== undefined) writeFileSync(file, JSON.stringify(counts));
  }
}

function countTest(counts: TestCounts, test: TestCase, broken: readonly (TestModule | TestSuite)[]): void {
  const result = test.result();
  if (result.state === "passed") {
    counts.passed += 1;
  } else if (result.state !== "skipped") {
    counts.failed += 1;
  } else if (result.note !== undefined) {
    counts.skipped.push({ name: test.fullName, reason: result.note });
  } else if (broken.some((each) => isWithin(test, each))) {
    counts.skipped.push({ name: test.fullName, reason: "its group failed before it" });
  } else {
    console.log(`"${test.fullName}" is skipped without a reason: give one, context.skip("…").`);
    counts.failed += 1;
  }
}

function isWithin(test: TestCase, group: TestModule | TestSuite): boolean {
  let at: TestCase["parent"] | TestSuite["parent"] = test.parent;
  while (at !== group && at.type === "suite") at = at.parent;
  return at === group;
}
