import { writeFileSync } from "node:fs";
import type { Reporter, TestCase, TestModule, TestSuite } from "vitest/node";
import { z } from "zod";

/** What one run of vitest came to; what failed and what was skipped has its name and a line that says why. */
export interface TestCounts {
  passed: number;
  failed: NamedReason[];
  skipped: NamedReason[];
}

export interface NamedReason {
  name: string;
  reason: string;
}

/**
 * A vitest reporter that writes the counts as JSON into the file that WAYFARE_TEST_COUNTS names. Beyond failed tests it
 * counts as failures what is easily lost: a file that did not load, a group whose hook threw, an error nobody awaited,
 * a test that never ended, and a test skipped without a reason.
 */
export default class CountTests implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly unknown[]): void {
    const counts: TestCounts = { passed: 0, failed: [], skipped: [] };
    for (const error of unhandledErrors)
      counts.failed.push({ name: "an error nobody awaited", reason: firstLine(error) });
    for (const module of modules) {
      const broken = [module, ...module.children.allSuites()].filter((each) => each.errors().length > 0);
      for (const each of broken) counts.failed.push({ name: nameOf(each), reason: firstLine(each.errors()[0]) });
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
    counts.failed.push({ name: test.fullName, reason: firstLine(result.errors?.[0] ?? "it never ended") });
  } else if (result.note !== undefined) {
    counts.skipped.push({ name: test.fullName, reason: result.note });
  } else if (broken.some((each) => isWithin(test, each))) {
    counts.skipped.push({ name: test.fullName, reason: "its group failed before it" });
  } else {
    counts.failed.push({ name: test.fullName, reason: 'it is skipped without a reason: give one, context.skip("…")' });
  }
}

function nameOf(group: TestModule | TestSuite): string {
  return group.type === "module" ? group.relativeModuleId : `${group.module.relativeModuleId} > ${group.fullName}`;
}

/** What was wrong in one line, with the place in our own files where it was. */
function firstLine(error: unknown): string {
  const { message, stack } = z.object({ message: z.string(), stack: z.string().optional() }).safeParse(error).data ?? {
    message: String(error),
  };
  const place = stack
    ?.split("\n")
    .find((line) => line.includes("/test/"))
    ?.trim();
  return `${message.split("\n", 1)[0]}${place === undefined ? "" : ` (${place})`}`;
}

function isWithin(test: TestCase, group: TestModule | TestSuite): boolean {
  let at: TestCase["parent"] | TestSuite["parent"] = test.parent;
  while (at !== group && at.type === "suite") at = at.parent;
  return at === group;
}
