import type { Applied } from "./answer.ts";

/**
 * What is wrong since code of an answer was inserted: `3 new errors in duration.ts after inserting`, `1 failing test after
 * inserting`, or both; null where nothing is.
 */
export function appliedWords({ file, addedErrors, tests }: Applied): string | null {
  const words: string[] = [];
  if (addedErrors > 0) words.push(`${counted(addedErrors, "new error", "new errors")} in ${file}`);
  if (tests?.isFailed === true) words.push(testWords(tests));
  return words.length === 0 ? null : `${words.join(" and ")} after inserting`;
}

function testWords({ timedOut, crashed, failed }: NonNullable<Applied["tests"]>): string {
  if (timedOut) return "tests that do not end in time";
  if (crashed) return "tests that crash";
  if (failed === null || failed === 0) return "failing tests";
  return counted(failed, "failing test", "failing tests");
}

function counted(count: number, one: string, many: string): string {
  return count === 1 ? `1 ${one}` : `${count.toLocaleString("en-US")} ${many}`;
}
