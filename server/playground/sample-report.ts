import type { SampleFile } from "./sample-file.ts";

/** What the simulated models know of `tools/report.py`. */
export const sampleReport: SampleFile = {
  path: "tools/report.py",
  language: "python",
  fence: "python",
  marks: [
    /partition\("\\t"\)/,
    /share \/ 100 \* \(len/,
    /'median':>10/,
    /def \w+\(times: dict\[str, list\[float\]\]\)/,
  ],
  symbols: [
    {
      usual: "pct",
      declared: /^def (\w+)\(values: list\[float\], share: float\)/,
      suggested: "percentile",
      explain: {
        cheap: (n) =>
          `\`${n("pct")}\` gives a percentile: the value below which \`share\` percent of the values lie. \`${n("pct")}(values, 50)\` is the median. Between two values it goes in a straight line.`,
        frontier: (n) =>
          `\`${n("pct")}\` gives a percentile, with straight-line interpolation between the two nearest values.

1. \`rank\` is the place in the sorted list, counted from 0 and usually not whole: for 4 values and \`share=50\` it is 1.5.
2. \`low\` and \`high\` are its neighbours; \`min\` keeps \`high\` inside the list at \`share=100\`.
3. The result lies between the two where \`rank\` does.

It sorts a copy on each call, so a table with two percentiles sorts twice; that is nothing for lists of this size. An empty list raises \`IndexError\`.`,
      },
      doc: {
        cheap: () => ["Return the percentile `share` (0 to 100) of `values`, interpolated."],
        frontier: () => [
          "Return the percentile `share` of `values`, interpolated in a straight line.",
          "",
          "`share` goes from 0 (the smallest value) over 50 (the median) to 100 (the largest).",
          "`values` need not be sorted and must not be empty.",
        ],
      },
      tests: {
        cheap: (n) => `class PercentileTest(unittest.TestCase):
    def test_median(self):
        self.assertEqual(${n("pct")}([3, 1, 2], 50), 2)
        self.assertEqual(${n("pct")}([1, 2, 3, 4], 50), 2.5)

    def test_ends(self):
        self.assertEqual(${n("pct")}([3, 1, 2], 0), 1)
        self.assertEqual(${n("pct")}([3, 1, 2], 100), 3)`,
        frontier: (n) => `class PercentileTest(unittest.TestCase):
    def test_median(self):
        self.assertEqual(${n("pct")}([3, 1, 2], 50), 2)
        self.assertEqual(${n("pct")}([1, 2, 3, 4], 50), 2.5)

    def test_ends(self):
        self.assertEqual(${n("pct")}([3, 1, 2], 0), 1)
        self.assertEqual(${n("pct")}([3, 1, 2], 100), 3)

    def test_between_two_values(self):
        self.assertAlmostEqual(${n("pct")}([0, 10], 95), 9.5)

    def test_one_value_is_every_percentile(self):
        for share in (0, 50, 95, 100):
            self.assertEqual(${n("pct")}([7], share), 7)

    def test_leaves_the_list_as_it_was(self):
        values = [3, 1, 2]
        ${n("pct")}(values, 50)
        self.assertEqual(values, [3, 1, 2])`,
      },
    },
    {
      usual: "read",
      declared: /^def (\w+)\(lines: Iterable\[str\]\)/,
      suggested: "read_times",
      explain: {
        cheap: (n) =>
          `\`${n("read")}\` collects the times of each job from lines such as \`build<TAB>1200\`. Lines without a tab are left out.`,
        frontier: (n) =>
          `\`${n("read")}\` collects the times of each job. A line is split at its *first* tab, so a name cannot hold one. Lines without a tab, or with nothing behind it, are left out without a word; a time that is not a number raises \`ValueError\`, and the message does not say in which line. It takes any iterable of lines, so tests need no file.`,
      },
      doc: {
        cheap: () => ['Collect the times of each job from lines "name<TAB>milliseconds".'],
        frontier: () => [
          'Collect the times of each job from lines "name<TAB>milliseconds".',
          "",
          "Lines without a tab, or with nothing behind it, are left out. Raises ValueError for a",
          "time that is not a number.",
        ],
      },
      tests: {
        cheap: (n) => `class ReadTest(unittest.TestCase):
    def test_collects_by_name(self):
        self.assertEqual(${n("read")}(["a\\t1\\n", "b\\t2\\n", "a\\t3\\n"]), {"a": [1, 3], "b": [2]})`,
        frontier: (n) => `class ReadTest(unittest.TestCase):
    def test_collects_by_name(self):
        self.assertEqual(${n("read")}(["a\\t1\\n", "b\\t2\\n", "a\\t3\\n"]), {"a": [1, 3], "b": [2]})

    def test_leaves_out_lines_without_a_time(self):
        self.assertEqual(${n("read")}(["\\n", "a\\n", "a\\t\\n"]), {})

    def test_last_line_needs_no_newline(self):
        self.assertEqual(${n("read")}(["a\\t1.5"]), {"a": [1.5]})

    def test_refuses_a_time_that_is_no_number(self):
        with self.assertRaises(ValueError):
            ${n("read")}(["a\\tsoon\\n"])`,
      },
    },
    {
      usual: "table",
      declared: /^def (\w+)\(times: dict\[str, list\[float\]\]\)/,
      suggested: "format_table",
      explain: {
        cheap: (n) =>
          `\`${n("table")}\` makes the text of the report: one line a job, by name, with runs, median and p95.`,
        frontier: (n) =>
          `\`${n("table")}\` makes the text of the report: a heading, then one line a job in the order of the names, with the number of runs, the median and the 95th percentile. The columns are as wide as the format says, so a name of more than 20 characters pushes its line to the right.`,
      },
      doc: {
        cheap: () => ["Return the report: one line a job with runs, median and p95."],
        frontier: () => ["Return the report as text: a heading, then one line a job in the order of the names."],
      },
      tests: {
        cheap: (n) => `class TableTest(unittest.TestCase):
    def test_one_line_a_job(self):
        lines = ${n("table")}({"b": [1.0], "a": [1.0, 3.0]}).splitlines()
        self.assertEqual([line.split() for line in lines[1:]], [["a", "2", "2.0", "2.9"], ["b", "1", "1.0", "1.0"]])`,
        frontier: (n) => `class TableTest(unittest.TestCase):
    def test_one_line_a_job(self):
        lines = ${n("table")}({"b": [1.0], "a": [1.0, 3.0]}).splitlines()
        self.assertEqual([line.split() for line in lines[1:]], [["a", "2", "2.0", "2.9"], ["b", "1", "1.0", "1.0"]])

    def test_only_the_heading_for_no_jobs(self):
        self.assertEqual(${n("table")}({}).split(), ["job", "runs", "median", "p95"])`,
      },
    },
  ],
  overview: {
    cheap: (n) =>
      `This script reads lines \`name<TAB>milliseconds\` from standard input and prints a table: for each job the number of runs, the median and the 95th percentile. \`${n("read")}\` collects, \`${n("pct")}\` computes, \`${n("table")}\` writes.`,
    frontier: (
      n,
    ) => `This script turns a log of job times into a table. Try \`printf 'build\\t1200\\nbuild\\t900\\n' | python3 tools/report.py\`.

- **\`${n("read")}\`** groups the times by name; it takes any iterable of lines, standard input or a list in a test.
- **\`${n("pct")}\`** is a percentile with straight-line interpolation, the method spreadsheets use.
- **\`${n("table")}\`** formats: sorted by name, one decimal.

Each step is a function of its input alone, which makes it easy to test. What is not handled: a time that is not a number ends the script with a traceback that does not name the line.`,
  },
  fix: {
    cheap: {
      edit: {
        replace: [
          [
            /^([ \t]*)ordered = sorted\(values\)(\r?\n)/m,
            '$1if not values:$2$1    raise ValueError("a percentile needs at least one value")$2$&',
          ],
        ],
        shows: ["pct"],
      },
      before: (n) =>
        `On ordinary input this is right. One input breaks it: \`${n("pct")}([], 50)\` ends in an \`IndexError\` that says nothing. A clear error instead:`,
      after: () => "",
      done: "I see no fault in this code on a first reading.",
    },
    frontier: {
      edit: {
        replace: [
          [/^([ \t]*)for line in lines:/m, "$1for number, line in enumerate(lines, start=1):"],
          [
            /^([ \t]*)if took:(\r?\n)[ \t]*(\w+\[name\]\.append\(float\(took\)\))/m,
            '$1if not took:$2$1    continue$2$1try:$2$1    $3$2$1except ValueError:$2$1    raise ValueError(f"line {number}: {took!r} is not a number") from None',
          ],
          [
            /^([ \t]*)ordered = sorted\(values\)(\r?\n)/m,
            '$1if not values:$2$1    raise ValueError("a percentile needs at least one value")$2$&',
          ],
        ],
        shows: ["read", "pct"],
      },
      before: (
        n,
      ) => `The arithmetic is right: I checked the ends (\`share\` 0 and 100), one value, and values between two places. What breaks is input:

- **One bad line ends the report** with a traceback that does not say which line. In a log of thousands that is the first thing you need.
- **\`${n("pct")}([], …)\`** raises \`IndexError: list index out of range\`. \`${n("read")}\` never makes an empty list, but another caller may.`,
      after: (n) =>
        `\`from None\` keeps the inner traceback out of the message. Lines without a tab are still left out silently; if that is not wanted, raise in place of the \`continue\`. \`${n("table")}\` needs no change.`,
      done: "I see no fault in this code: bad lines and empty lists are both answered with a clear error.",
    },
  },
  testFile: ({ code, usual, names, path }) => `import unittest

from ${path.slice(path.lastIndexOf("/") + 1).replace(/\.py$/, "")} import ${usual.map(names).sort().join(", ")}


${code.replaceAll("\n\nclass ", "\n\n\nclass ")}


if __name__ == "__main__":
    unittest.main()`,
  testPath: (path) => path.replace(/([^/]+)$/, "test_$1"),
  testCommand: (path) => `python3 ${path.replace(/([^/]+)$/, "test_$1")}`,
  testFinds: null,
};
