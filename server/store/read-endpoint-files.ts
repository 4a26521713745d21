import { randomBytes } from "node:crypto";
import { constants } from "node:fs";
import { copyFile, type FileHandle, link, mkdir, open, rm, rmdir, stat, writeFile } from "node:fs/promises";
import { homedir, platform } from "node:os";
import { dirname, join, resolve } from "node:path";
import { readCertificateFiles, readExtraCaFile } from "../../shared/network-files.ts";
import {
  type EndpointConfig,
  type EndpointSurroundings,
  type KeySource,
  readEndpointConfig,
  refuseEndpointKey,
} from "../core/endpoint-config.ts";
import type { EndpointProblem } from "../core/endpoint-settings.ts";
import { type EndpointStart, type EndpointToken, prepareStart } from "../core/endpoint-start.ts";
import { capitalized } from "../core/read-budget.ts";
import { readCommentedJson } from "../core/read-commented-json.ts";

export interface EndpointFileOptions {
  /** The config file, from the working directory. */
  configPath: string;
  surroundings: EndpointSurroundings;
  /** Makes the token of a file that is not there yet; null: nothing is to be written. */
  createToken: (() => string) | null;
  /** Node's name of the system; of this machine without it. On Windows a file has no mode that says who reads it. */
  system?: string;
}

/** A config with a hundred providers and their models is a tenth of this. */
const MAX_CONFIG_BYTES = 1_000_000;
/** In the folder of the books, as the store makes it. */
const BOOKS_FILE = "wayfare.sqlite";
/** More than any key or token. */
const MAX_KEY_BYTES = 20_000;

/** As long as the protocol takes a token, and as short as it cannot be guessed. */
const MIN_TOKEN_CHARACTERS = 32;
const MAX_TOKEN_CHARACTERS = 200;

/** 32 random bytes, by a prefix that tells whose it is. */
export function createEndpointToken(): string {
  return `wf-${randomBytes(32).toString("base64url")}`;
}

/**
 * Reads a config file and every file that it names, and makes the token's where it is missing. Tells all that is wrong;
 * nothing is thrown for a file that cannot be read.
 */
export async function readEndpointFiles(options: EndpointFileOptions): Promise<EndpointStart> {
  const configPath = resolve(options.configPath);
  const system = options.system ?? platform();
  const refuse = (field: string, message: string): EndpointStart => ({
    ok: false,
    problems: [{ field, message }],
    warnings: [],
    secrets: [],
  });
  const text = await readText(configPath, MAX_CONFIG_BYTES);
  if ("why" in text) return refuse(configPath, configWords(text.why));
  const json = readCommentedJson(text.text);
  if (!json.ok) return refuse(`${configPath}:${json.line}:${json.column}`, json.message);

  const config = readEndpointConfig(json.value, options.surroundings);
  const problems: EndpointProblem[] = [];
  const whole = (written: string): string =>
    written.startsWith("~/") ? join(homedir(), written.slice(2)) : resolve(dirname(configPath), written);
  const lives = (found: { field: string; message: string } | null) => {
    if (found !== null) problems.push({ field: found.field, message: found.message, stops: false });
  };

  const keys = await readKeys(config.keys, whole, lives, system);
  const networkFiles = { wholePath: whole, readFile: readBytes, readPassphrase: async () => undefined };
  const extraCa = await readExtraCaFile(config.extraCaFile, networkFiles);
  lives(extraCa.problem);
  const own = await readCertificateFiles(config.clientCertificates, networkFiles);
  for (const problem of own.problems) lives(problem);

  const ledgerDirectory = await findLedger(config, whole, problems);
  // Last, and only where the rest would start: a start that fails leaves no file behind.
  const before = { ledgerDirectory, keys, extraCaPem: extraCa.pem, clientCertificates: own.certificates };
  const wouldStart = prepareStart(config, { ...before, token: noToken, problems }).ok;
  const token = await readToken(config, whole, wouldStart ? options.createToken : null, system, problems);
  return prepareStart(config, { ...before, token, problems });
}

const noToken: EndpointToken = { path: "", value: "", was: "missing" };

// the ledger -----------------------------------------------------------------------------------------------------------

/** The folder of the books, which the store makes; a problem where it could not. */
async function findLedger(
  config: EndpointConfig,
  whole: (written: string) => string,
  problems: EndpointProblem[],
): Promise<string | null> {
  if (config.ledger === null) return null;
  const path = whole(config.ledger);
  const wrong = (message: string) => {
    problems.push({ field: "ledger", message, stops: true });
    return null;
  };
  // The folder itself, or the nearest above it that is there.
  for (let at = path; ; at = dirname(at)) {
    const found = await stat(at).catch(codeOf);
    if (typeof found === "string") {
      if (found === "ENOENT" && dirname(at) !== at) continue;
      return wrong(`The folder ${path} cannot be reached (${found}). Name another.`);
    }
    if (!found.isDirectory()) return wrong(`${at} is a file and not a folder. Name a folder for the books.`);
    const refused = at === path ? await whyUnwritable(at) : await whyNoFolder(at);
    if (refused !== null) return wrong(unbookedWords(path, at, refused));
    const books = join(path, BOOKS_FILE);
    const shut = at === path ? await whyUnopened(books) : null;
    return shut === null ? path : wrong(unopenedWords(books, shut));
  }
}

function unbookedWords(path: string, at: string, code: string): string {
  const mend = "name another folder";
  if (code === "EACCES" || code === "EPERM") {
    return `The books cannot be written to ${path}: ${at} may not be written by the user that runs this. Change its owner, or ${mend}.`;
  }
  if (code === "ENOSPC" || code === "EDQUOT") {
    return `The books cannot be written to ${path}: the disk is full. Free some space, or ${mend}.`;
  }
  return `The books cannot be written to ${path}: nothing can be made in ${at} (${code}). ${capitalized(mend)}.`;
}

function unopenedWords(books: string, code: string): string {
  if (code === "EISDIR") return `${books} is a folder, and the books have to lie there. Move it away.`;
  return `The books ${books} may not be written by the user that runs this (${code}). Change their owner or their mode.`;
}

// what can be written --------------------------------------------------------------------------------------------------

/** Tried, since neither mode nor owner tells of a drive that takes nothing. Nothing is left; null: it can be. */
async function whyUnwritable(folder: string): Promise<string | null> {
  const trial = trialIn(folder);
  try {
    await writeFile(trial, "", { flag: "wx", mode: 0o600 });
    return null;
  } catch (error) {
    return codeOf(error);
  } finally {
    await rm(trial, { force: true }).catch(() => undefined);
  }
}

async function whyNoFolder(above: string): Promise<string | null> {
  const trial = trialIn(above);
  return mkdir(trial, { mode: 0o700 }).then(() => rmdir(trial).then(() => null), codeOf);
}

/** Never the name itself: another start may be about to use what is made by that. */
function trialIn(folder: string): string {
  return join(folder, `.wayfare-trial-${randomBytes(6).toString("hex")}`);
}

async function whyUnopened(file: string): Promise<string | null> {
  try {
    await (await open(file, "r+")).close();
    return null;
  } catch (error) {
    const code = codeOf(error);
    return code === "ENOENT" ? null : code;
  }
}

// keys -----------------------------------------------------------------------------------------------------------------

async function readKeys(
  sources: readonly KeySource[],
  whole: (written: string) => string,
  tell: (problem: { field: string; message: string }) => void,
  system: string,
): Promise<{ providerId: string; origin: string; key: string }[]> {
  const read = await Promise.all(
    sources.map(async (source) => {
      const { providerId, origin } = source;
      const found: Awaited<ReturnType<typeof readKeyFile>> =
        "key" in source ? source : await readKeyFile(whole(source.file), system);
      if ("key" in found) {
        if (found.open !== undefined) tell({ field: `keys.${providerId}`, message: found.open });
        return [{ providerId, origin, key: found.key }];
      }
      tell({ field: `keys.${providerId}`, message: found.message });
      return [];
    }),
  );
  return read.flat();
}

/** `open`: others may read it, too. */
async function readKeyFile(
  path: string,
  system: string,
): Promise<{ key: string; open?: string } | { message: string }> {
  const text = await readText(path, MAX_KEY_BYTES);
  if ("why" in text) return { message: keyWords(path, text.why) };
  const key = text.text.trim();
  const wrong = refuseEndpointKey(key);
  if (wrong !== null) return { message: `The file ${path} ${wrong}` };
  const mode = refuseMode(text.mode, path, system);
  return mode === null ? { key } : { key, open: mode };
}

function keyWords(path: string, why: Unread): string {
  if (why === "missing") return `There is no file ${path}. Put the key there, or name another file.`;
  if (why === "folder") return `${path} is a folder. Name the file in it that holds the key.`;
  if (why === "large") return `The file ${path} is larger than 20 kB. Name a file that holds the key alone.`;
  if (why === "denied")
    return `The file ${path} may not be read by the user that runs this. Change its owner or its mode.`;
  return `The file ${path} cannot be read (${why.code}). Name another.`;
}

// the token ------------------------------------------------------------------------------------------------------------

async function readToken(
  config: EndpointConfig,
  whole: (written: string) => string,
  createToken: (() => string) | null,
  system: string,
  problems: EndpointProblem[],
): Promise<EndpointToken | null> {
  if (config.tokenFile === null) return null;
  const path = whole(config.tokenFile);
  const wrong = (message: string) => {
    problems.push({ field: "tokenFile", message, stops: true });
    return null;
  };
  let text = await readText(path, MAX_KEY_BYTES);
  if ("why" in text && text.why === "missing") {
    if (createToken === null) {
      const refused = await whyUnwritable(dirname(path));
      return refused === null ? { path, value: "", was: "missing" } : wrong(unmadeWords(path, refused));
    }
    const value = createToken();
    const failed = await writeNew(path, `${value}\n`);
    if (failed === null) return { path, value, was: "made" };
    if (failed !== "EEXIST") return wrong(unmadeWords(path, failed));
    // Another start was quicker.
    text = await readText(path, MAX_KEY_BYTES);
  }
  if ("why" in text) return wrong(tokenWords(path, text.why));
  const value = text.text.trim();
  const problem = refuseToken(value, path) ?? refuseMode(text.mode, path, system);
  return problem === null ? { path, value, was: "there" } : wrong(problem);
}

function unmadeWords(path: string, code: string): string {
  if (code === "ENOENT") return `There is no folder ${dirname(path)} for the token's file. Make it, or name another.`;
  return `The token's file ${path} cannot be made (${code}). Name one in a folder that the user that runs this may write to.`;
}

function refuseToken(value: string, path: string): string | null {
  if (value.length < MIN_TOKEN_CHARACTERS) {
    return `The token in ${path} has ${value.length} characters, and needs ${MIN_TOKEN_CHARACTERS} so that nobody can guess it. Delete the file to have one made.`;
  }
  if (value.length > MAX_TOKEN_CHARACTERS || !/^[\x21-\x7e]+$/.test(value)) {
    return `${path} holds no token: one has up to ${MAX_TOKEN_CHARACTERS} characters, without spaces, line breaks or accents. Delete the file to have one made.`;
  }
  return null;
}

function refuseMode(mode: number, path: string, system: string): string | null {
  if (system === "win32" || (mode & 0o077) === 0) return null;
  return `Others on this machine may read ${path} (mode ${(mode & 0o777).toString(8)}). Run: chmod 600 ${path}`;
}

function tokenWords(path: string, why: Unread): string {
  if (why === "missing") return `${path} leads to a file that is not there. Name another file for the token.`;
  if (why === "folder") return `${path} is a folder. Name a file for the token.`;
  if (why === "large") return `${path} is larger than 20 kB, and so no token. Name another file.`;
  if (why === "denied") return `${path} may not be read by the user that runs this. Change its owner or its mode.`;
  return `${path} cannot be read (${why.code}). Name another file for the token.`;
}

/**
 * Writes a file that must not be there yet, for its owner alone. It has its whole text from the moment it is there, so that
 * another start cannot read half of it. Gives null, or the system's code of what failed.
 */
async function writeNew(path: string, text: string): Promise<string | null> {
  const draft = `${path}.${randomBytes(6).toString("hex")}`;
  try {
    await writeFile(draft, text, { flag: "wx", mode: 0o600 });
    // Some drives have no links.
    await link(draft, path).catch((error: unknown) =>
      codeOf(error) === "EEXIST" ? Promise.reject(error) : copyFile(draft, path, constants.COPYFILE_EXCL),
    );
    return null;
  } catch (error) {
    return codeOf(error);
  } finally {
    await rm(draft, { force: true }).catch(() => undefined);
  }
}

// files ----------------------------------------------------------------------------------------------------------------

type Unread = "missing" | "folder" | "denied" | "large" | { code: string };

function configWords(why: Unread): string {
  if (why === "missing") return "There is no such file. Name the config file with --config; --help shows a whole one.";
  if (why === "folder") return "This is a folder. Name the file in it.";
  if (why === "large") return "This file is larger than 1 MB, and so no config. Name another.";
  if (why === "denied") return "This file may not be read by the user that runs this. Change its owner or its mode.";
  return `This file cannot be read (${why.code}). Name another.`;
}

/** The text of a file and its mode, which is that of the very file that was read. */
async function readText(path: string, maxBytes: number): Promise<{ text: string; mode: number } | { why: Unread }> {
  let file: FileHandle | undefined;
  try {
    file = await open(path, "r");
    const found = await file.stat();
    if (found.isDirectory()) return { why: "folder" };
    if (found.size > maxBytes) return { why: "large" };
    return { text: await file.readFile("utf8"), mode: found.mode };
  } catch (error) {
    const code = codeOf(error);
    if (code === "ENOENT") return { why: "missing" };
    if (code === "EISDIR") return { why: "folder" };
    return { why: code === "EACCES" || code === "EPERM" ? "denied" : { code } };
  } finally {
    await file?.close();
  }
}

async function readBytes(path: string): Promise<Uint8Array> {
  const file = await open(path, "r");
  try {
    return await file.readFile();
  } finally {
    await file.close();
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "unknown";
}
