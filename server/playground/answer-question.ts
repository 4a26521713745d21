import { answerSample } from "./answer-sample.ts";
import { findSubjects } from "./find-subject.ts";
import { isAboutCode } from "./is-about-code.ts";
import { readPrompt, type SeenPrompt } from "./read-prompt.ts";
import { readWish } from "./read-wish.ts";
import { sampleDuration } from "./sample-duration.ts";
import type { SampleFile } from "./sample-file.ts";
import { samplePool } from "./sample-pool.ts";
import { sampleReport } from "./sample-report.ts";
import { sampleRetry } from "./sample-retry.ts";
import type { VendorRequest } from "./vendor-model.ts";

/** The sample project, as the simulated models know it. */
export const sampleFiles: readonly SampleFile[] = [sampleDuration, samplePool, sampleReport, sampleRetry];

/** The last line of every simulated answer. */
export const simulatedLabel = "*Simulated answer: no model was asked.*";

/**
 * What the playground's models answer. About the sample project: a real answer, short from the cheap model and deeper
 * from the frontier one. About anything else: that no model was asked, what one would have been sent, and how to add
 * one. The same request gives the same answer.
 */
export function answerQuestion(request: VendorRequest): string {
  const prompt = readPrompt(request.messages);
  const subjects = findSubjects(prompt, sampleFiles);
  const wish = readWish(prompt.question);
  const isAbout = isAboutCode(prompt.question, wish, subjects);
  const answer = isAbout ? answerSample(subjects, wish, request.tier) : null;
  return `${answer ?? answerHonestly(request, prompt, subjects.length > 0)}\n\n${simulatedLabel}\n`;
}

function answerHonestly(request: VendorRequest, prompt: SeenPrompt, knowsFile: boolean): string {
  const tokens = request.inputTokens.toLocaleString("en-US");
  const turns = request.messages.filter((message) => message.role === "assistant").length;
  const earlier = turns === 0 ? [] : [turns === 1 ? "the turn before" : `the ${turns} turns before`];
  const sent = inWords(["your question", ...earlier, ...namedFiles(prompt)]);
  const known = knowsFile
    ? "I know this sample file, but only to explain, fix, test, rename and document what is in it."
    : "I know only the four files of the sample project: open one and ask me to explain, fix, test, rename or document it.";
  return `I am a simulation and cannot answer this. ${known}

A real model would have been sent **${tokens} ${request.inputTokens === 1 ? "token" : "tokens"}**: ${sent}. It would have been chosen, carried and billed just as \`${request.modelId}\` was; the line below this answer shows how.

To ask a real model, run **Wayfare: Add Provider** from the Command Palette. It takes a key of OpenAI, Anthropic, OpenRouter or another provider, or a server on this machine (Ollama, LM Studio, llama.cpp).`;
}

/** What came along, at most four names of it. */
function namedFiles(prompt: SeenPrompt): string[] {
  const names = prompt.texts.map((seen) => (seen.path === "" ? "the code you pasted" : `\`${seen.path}\``));
  const files = [...new Set(names)];
  if (files.length === 0) return ["no file"];
  return files.length <= 4 ? files : [...files.slice(0, 3), `${files.length - 3} more files`];
}

/** `a and b`, or `a, b and c`. */
function inWords(names: readonly string[]): string {
  return `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
}
