import type { Tier } from "../../shared/answer.ts";
import type { Subject } from "./find-subject.ts";
import type { Wish } from "./read-wish.ts";
import { hasIdentifier, renameIdentifier } from "./rename-identifier.ts";
import type { SampleEdit, SampleSymbol } from "./sample-file.ts";
import { findDeclaration, insertDoc } from "./source-block.ts";

/**
 * A real answer about sample files, in Markdown: the first subject is the one asked about. null when nothing was asked
 * for that the simulated models can do.
 */
export function answerSample(subjects: readonly Subject[], wish: Wish, tier: Tier): string | null {
  const [subject, ...others] = subjects;
  if (subject === undefined) return null;
  const sections: string[] = [];
  if (wish.fix) sections.push(fixSection(subject, others, tier));
  if (wish.rename !== null) sections.push(renameSection(subject, others, wish.rename, wish.document, tier));
  else if (wish.document) sections.push(documentSection(subject, tier));
  if (wish.test) sections.push(testSection(subject, tier));
  if (sections.length === 0 && wish.explain) sections.push(explainSection(subject, others, tier));
  return sections.length === 0 ? null : sections.join("\n\n");
}

// explain --------------------------------------------------------------------------------------------------------------

function explainSection(subject: Subject, others: readonly Subject[], tier: Tier): string {
  const { focus, names } = subject;
  if (focus.length > 0) return focus.map((symbol) => symbol.explain[tier](names)).join("\n\n");
  const overview = subject.sample.overview[tier](names);
  if (others.length === 0) return overview;
  return [subject, ...others]
    .map((each) => `**${each.path}**\n\n${each.sample.overview[tier](each.names)}`)
    .join("\n\n");
}

// fix ------------------------------------------------------------------------------------------------------------------

function fixSection(subject: Subject, others: readonly Subject[], tier: Tier): string {
  const { sample, names } = subject;
  const fix = sample.fix[tier];
  const before = fix.before(names, new Set(others.map((each) => each.sample.path)));
  if (fix.edit === null) return before;
  const fixed = applyEdit(subject.text, fix.edit);
  if (fixed === null) return fix.done;
  const shown = fix.edit.shows.flatMap((usual) => {
    const symbol = sample.symbols.find((each) => each.usual === usual);
    const code = symbol === undefined ? null : blockOf({ ...subject, text: fixed }, symbol);
    return code === null ? [] : [code];
  });
  const code = shown.length > 0 ? joinBlocks(subject, shown) : fixed;
  return [before, fence(subject, code), fix.after(names)].filter((part) => part !== "").join("\n\n");
}

/** The text with every replacement made, or null when one of them finds nothing. */
export function applyEdit(text: string, edit: SampleEdit): string | null {
  let edited = text;
  for (const [pattern, replacement] of edit.replace) {
    if (!pattern.test(edited)) return null;
    edited = edited.replace(pattern, replacement);
  }
  return edited;
}

// rename ---------------------------------------------------------------------------------------------------------------

function renameSection(
  subject: Subject,
  others: readonly Subject[],
  wanted: NonNullable<Wish["rename"]>,
  withDoc: boolean,
  tier: Tier,
): string {
  const { sample, names, focus } = subject;
  const { language } = sample;
  const symbol = focus[0] ?? sample.symbols[0];
  const from = wanted.from ?? (symbol === undefined ? "" : names(symbol.usual));
  const meant = sample.symbols.find((each) => names(each.usual) === from);
  const to = wanted.to ?? meant?.suggested ?? "";
  const known = sample.symbols.map((each) => `\`${names(each.usual)}\``).join(", ");
  if (!hasIdentifier(subject.text, language, from)) {
    return `There is no \`${from}\` in \`${subject.path}\`. What it declares: ${known}.`;
  }
  if (to === "")
    return `What should \`${from}\` be called? I have a better name only for what the file declares: ${known}.`;
  if (!/^[A-Za-z_$][\w$]*$/.test(to)) return `\`${to}\` cannot be a name.`;
  if (from === to) return `It is called \`${to}\` already.`;
  if (hasIdentifier(subject.text, language, to)) {
    return `\`${to}\` is taken in \`${subject.path}\`; renaming \`${from}\` to it would join the two. Choose another name.`;
  }
  const renamed = renameIdentifier(subject.text, { language, from, to });
  let text = renamed.text;
  let documented = false;
  if (withDoc && meant !== undefined) {
    const block = findDeclaration(text, language, meant.declared);
    if (block !== null && !block.documented) {
      text = insertDoc(
        text,
        language,
        block,
        meant.doc[tier]((usual) => (usual === meant.usual ? to : names(usual))),
      );
      documented = true;
    }
  }
  const where = renamed.places === 1 ? "in one place" : `in ${renamed.places} places`;
  const head = `Renamed \`${from}\` to \`${to}\` ${where}${documented ? ", with a doc comment" : ""}:`;
  const sections = [head, fence(subject, text)];
  const users = others.filter((each) => importsFrom(each, subject, from));
  for (const user of users) {
    const changed = renameIdentifier(user.text, { language: user.sample.language, from, to });
    sections.push(`\`${user.path}\` imports it:`, fence(user, changed.text));
  }
  const after = afterRename({ subject, from, isDeclared: meant !== undefined, hasUsers: users.length > 0, tier });
  return [...sections, after].filter((part) => part !== "").join("\n\n");
}

function afterRename(facts: {
  subject: Subject;
  from: string;
  isDeclared: boolean;
  hasUsers: boolean;
  tier: Tier;
}): string {
  const { subject, from, isDeclared, hasUsers, tier } = facts;
  const imported = new RegExp(`^import\\b[^;]*\\b${from}\\b[^;]*from\\s+"([^"]+)"`, "m").exec(subject.text)?.[1];
  if (imported !== undefined) return `It is declared in \`${imported}\`; rename it there as well.`;
  const isExported = new RegExp(`^export [^\\n]*\\b${from}\\b`, "m").test(subject.text);
  if (!isDeclared || hasUsers || !isExported) return "";
  return tier === "cheap"
    ? "Files that import it need the new name too."
    : `It is exported, so files that import it need the new name too. I only see \`${subject.path}\`; the editor's own Rename Symbol (F2) finds the rest, or attach them and ask again. Strings were left alone.`;
}

/** True when a TypeScript file imports the name from the subject's file. */
function importsFrom(user: Subject, subject: Subject, name: string): boolean {
  const base = subject.path.slice(subject.path.lastIndexOf("/") + 1).replace(/\.\w+$/, "");
  return new RegExp(`^import\\b[^;]*\\b${name}\\b[^;]*from\\s+"[^"]*\\b${base}(\\.\\w+)?"`, "m").test(user.text);
}

// document -------------------------------------------------------------------------------------------------------------

/** The cheap tier documents what was asked for, else the most important thing; the frontier the whole file. */
function documentSection(subject: Subject, tier: Tier): string {
  const { sample, names, focus } = subject;
  const missing = (focus.length > 0 ? focus : sample.symbols).filter(
    (symbol) => findDeclaration(subject.text, sample.language, symbol.declared)?.documented === false,
  );
  const chosen = focus.length > 0 || tier === "frontier" ? missing : missing.slice(0, 1);
  if (chosen.length === 0) {
    return `What ${focus.length > 0 ? "you point at" : `\`${subject.path}\` declares`} is documented already. I would add nothing: a comment that repeats the code only ages.`;
  }
  let text = subject.text;
  for (const symbol of chosen) {
    const block = findDeclaration(text, sample.language, symbol.declared);
    if (block !== null) text = insertDoc(text, sample.language, block, symbol.doc[tier](names));
  }
  const list = chosen.map((symbol) => `\`${names(symbol.usual)}\``).join(", ");
  if (focus.length === 0 && tier === "frontier" && subject.isWhole) {
    const after =
      "The comments say what the code does not: units, limits, and how each fails. Everything else is unchanged.";
    return `Documented ${list}:\n\n${fence(subject, text)}\n\n${after}`;
  }
  const blocks = chosen.map((symbol) => blockOf({ ...subject, text }, symbol) ?? "").filter((block) => block !== "");
  return `Documented ${list}:\n\n${fence(subject, joinBlocks(subject, blocks))}`;
}

// test -----------------------------------------------------------------------------------------------------------------

/** The cheap tier tests what was asked for, else the most important thing; the frontier everything, edges included. */
function testSection(subject: Subject, tier: Tier): string {
  const { sample, names, focus, path } = subject;
  const testable = sample.symbols.filter((symbol) => symbol.tests !== undefined);
  const asked = testable.filter((symbol) => focus.includes(symbol));
  const chosen = asked.length > 0 ? asked : tier === "frontier" ? testable : testable.slice(0, 1);
  const code = chosen.flatMap((symbol) => symbol.tests?.[tier](names) ?? []).join("\n\n");
  const usual = chosen.map((symbol) => symbol.usual);
  const file = sample.testFile({ code, usual, names, path });
  const testPath = sample.testPath(path);
  const list = usual.map((each) => `\`${names(each)}\``).join(" and ");
  const head =
    focus.length > 0 && asked.length === 0
      ? `That is not reachable from outside, so it is tested through ${list}:`
      : `Tests for ${list}, to save as \`${testPath}\`:`;
  const run = `Run them with \`${sample.testCommand(path)}\`.`;
  const edit = sample.fix.frontier.edit;
  const isBroken = edit !== null && applyEdit(subject.text, edit) !== null;
  const testsMain = chosen.some((symbol) => symbol === sample.symbols[0]);
  const finds = tier === "frontier" && isBroken && testsMain ? (sample.testFinds?.(names) ?? "") : "";
  return [head, fence({ ...subject, path: testPath }, file), run, finds].filter((part) => part !== "").join("\n\n");
}

// code -----------------------------------------------------------------------------------------------------------------

/** Declarations as they would stand in a file: Python keeps two lines free between them. */
function joinBlocks(subject: Subject, blocks: readonly string[]): string {
  return blocks.join(subject.sample.language === "python" ? "\n\n\n" : "\n\n");
}

/** A declaration with the comment above it. */
function blockOf(subject: Pick<Subject, "sample" | "text">, symbol: SampleSymbol): string | null {
  const { sample, text } = subject;
  const block = findDeclaration(text, sample.language, symbol.declared);
  if (block === null) return null;
  const comment = /(?:^|\n)((?:[ \t]*\/\/[^\n]*\n)+|[ \t]*\/\*\*(?:(?!\*\/)[\s\S])*\*\/[ \t]*\r?\n)$/.exec(
    text.slice(0, block.start),
  );
  return `${comment?.[1] ?? ""}${text.slice(block.start, block.end)}`.trimEnd();
}

function fence(subject: Pick<Subject, "sample" | "path">, code: string): string {
  let mark = "```";
  while (code.includes(mark)) mark += "`";
  return `${mark}${subject.sample.fence} ${subject.path}\n${code.replace(/\n+$/, "")}\n${mark}`;
}
