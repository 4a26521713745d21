/** Models that were trained to fill holes, and the marks their tokenizers know. */

export interface FimFamily {
  name: string;
  /** Which models: matched against the id without its provider. */
  models: RegExp;
  prompt(prefix: string, suffix: string): string;
  /** At most four, because some servers take no more. */
  stop: readonly string[];
  /** Every mark of the family: in a document they are broken up, in an answer they are taken out. */
  marks: readonly string[];
}

/** The first that matches is taken. The formats are those of the models' cards and papers. */
export const fimFamilies: readonly FimFamily[] = [
  {
    name: "Qwen-Coder",
    models: /(?:^|[/_-])(?:code)?qwen[\d.]*[-_]?.*coder|codeqwen/i,
    prompt: (prefix, suffix) => `<|fim_prefix|>${prefix}<|fim_suffix|>${suffix}<|fim_middle|>`,
    stop: ["<|endoftext|>", "<|file_sep|>", "<|fim_prefix|>", "<|im_end|>"],
    marks: [
      "<|fim_prefix|>",
      "<|fim_suffix|>",
      "<|fim_middle|>",
      "<|fim_pad|>",
      "<|repo_name|>",
      "<|file_sep|>",
      "<|endoftext|>",
      "<|im_start|>",
      "<|im_end|>",
    ],
  },
  {
    name: "CodeGemma",
    models: /codegemma/i,
    prompt: (prefix, suffix) => `<|fim_prefix|>${prefix}<|fim_suffix|>${suffix}<|fim_middle|>`,
    stop: ["<|file_separator|>", "<|fim_prefix|>", "<end_of_turn>", "<eos>"],
    marks: [
      "<|fim_prefix|>",
      "<|fim_suffix|>",
      "<|fim_middle|>",
      "<|file_separator|>",
      "<start_of_turn>",
      "<end_of_turn>",
      "<eos>",
    ],
  },
  {
    name: "DeepSeek-Coder",
    models: /deepseek.*coder/i,
    prompt: (prefix, suffix) => `<｜fim▁begin｜>${prefix}<｜fim▁hole｜>${suffix}<｜fim▁end｜>`,
    stop: ["<｜end▁of▁sentence｜>", "<｜fim▁begin｜>", "<｜fim▁hole｜>", "<｜fim▁end｜>"],
    marks: [
      "<｜fim▁begin｜>",
      "<｜fim▁hole｜>",
      "<｜fim▁end｜>",
      "<｜begin▁of▁sentence｜>",
      "<｜end▁of▁sentence｜>",
      "<|EOT|>",
    ],
  },
  {
    name: "Codestral",
    models: /codestral/i,
    // The suffix first, as the model learnt it.
    prompt: (prefix, suffix) => `[SUFFIX]${suffix}[PREFIX]${prefix}`,
    stop: ["[SUFFIX]", "[PREFIX]", "[MIDDLE]"],
    marks: ["[SUFFIX]", "[PREFIX]", "[MIDDLE]"],
  },
  {
    name: "CodeLlama",
    models: /code-?llama/i,
    // The blanks belong to the marks.
    prompt: (prefix, suffix) => `<PRE> ${prefix} <SUF>${suffix} <MID>`,
    stop: ["<EOT>", "<PRE>", "<SUF>", "<MID>"],
    marks: ["<PRE>", "<SUF>", "<MID>", "<EOT>"],
  },
  {
    name: "StarCoder",
    models: /starcoder|stable-?code|granite.*code|refact/i,
    prompt: (prefix, suffix) => `<fim_prefix>${prefix}<fim_suffix>${suffix}<fim_middle>`,
    stop: ["<|endoftext|>", "<file_sep>", "<fim_prefix>", "<repo_name>"],
    marks: ["<fim_prefix>", "<fim_suffix>", "<fim_middle>", "<fim_pad>", "<repo_name>", "<file_sep>", "<|endoftext|>"],
  },
];

/** The family of a model by its id, null when none is known. */
export function fimFamilyOf(modelId: string): FimFamily | null {
  return fimFamilies.find((family) => family.models.test(modelId)) ?? null;
}

/** Where the hole is, in what a chat model is shown. */
export const holeMark = "<|cursor|>";

/** Every mark of every family, and ours. */
export const allMarks: readonly string[] = [...new Set([...fimFamilies.flatMap((family) => family.marks), holeMark])];
