import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { grammarLicences } from "./grammar-licences.mjs";

/**
 * Writes the third-party notices that travel with the extension: one section for each package of which a file was
 * bundled, with its name, version, licence and the full text of its licence and notice files. Throws when a bundled
 * package states no licence, so that such a package cannot slip into a release. The compiled grammars have sections of
 * their own, their package being only their carrier.
 *
 * @param {string[]} inputs files that went into the bundles, as esbuild's metafile names them
 * @param {string[]} copied packages of which files are copied rather than bundled
 * @param {Iterable<string>} grammars files of compiled grammars that are copied
 * @param {string} target where the notices are written
 */
export async function writeNotices(inputs, copied, grammars, target) {
  const folders = new Set(copied.map((name) => join("node_modules", name)));
  for (const input of inputs) {
    const match = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(input);
    if (match?.[1] !== undefined) folders.add(match[1]);
  }
  const sections = [];
  for (const folder of [...folders].sort()) sections.push(await sectionFor(folder));
  for (const { name, version, home, text } of await grammarLicences(grammars)) {
    sections.push(section(`${name} ${version} (MIT)`, home, text));
  }
  await mkdir(dirname(target), { recursive: true });
  await writeFile(
    target,
    `Wayfare contains parts of the following packages, each under its own licence.\n\n${sections.join("\n")}`,
  );
}

async function sectionFor(folder) {
  const manifest = JSON.parse(await readFile(join(folder, "package.json"), "utf8"));
  const texts = [];
  for (const file of (await readdir(folder)).sort()) {
    if (/^(licen[cs]e|notice|copying)/i.test(file)) texts.push((await readFile(join(folder, file), "utf8")).trim());
  }
  const licence = typeof manifest.license === "string" ? manifest.license : manifest.license?.type;
  if (licence === undefined && texts.length === 0)
    throw new Error(`${folder} states no licence; it cannot be bundled.`);
  const home = manifest.homepage ?? manifest.repository?.url ?? manifest.repository ?? "";
  const body =
    texts.length > 0 ? texts.join("\n\n") : `Licence: ${licence}. The package ships no licence text of its own.`;
  return section(`${manifest.name} ${manifest.version} (${licence ?? "see below"})`, home, body);
}

function section(title, home, body) {
  return `${"=".repeat(80)}\n${title}\n${home}\n\n${body}\n`;
}
