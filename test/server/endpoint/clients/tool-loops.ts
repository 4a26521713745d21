import { betaTool } from "@anthropic-ai/sdk/helpers/beta/json-schema";
import { generateText, isStepCount, jsonSchema, type LanguageModel, streamText, tool } from "ai";
import type { RunnableToolFunctionWithParse } from "openai/lib/RunnableFunction";
import { aiAnthropic, aiOpenAi, anthropic, openAi } from "./every-client.ts";

/** Each SDK's own loop over tools: the model calls, the SDK runs, results go back, until there are words. */

export const loopNames = ["OpenAI SDK", "Anthropic SDK", "AI SDK openai", "AI SDK anthropic"] as const;

export interface LoopQuestion {
  model: string;
  text: string;
  isStreamed: boolean;
  /** The tool that has to be called, for one answer alone. */
  forced?: ToolName;
  /** Tokens that a model of Anthropic's may think. */
  thinkingTokens?: number;
}

export interface LoopTold {
  /** The tools that were run, with what they were given. */
  runs: { name: string; input: unknown }[];
  /** The last words. */
  text: string;
}

type ToolName = "read_file" | "list_folder";

const parameters = {
  type: "object",
  properties: { path: { type: "string" } },
  required: ["path"],
  additionalProperties: false,
} as const;
const tools = [
  { name: "read_file", description: "Reads a file." },
  { name: "list_folder", description: "Lists a folder." },
] as const;

export function runLoop(
  name: (typeof loopNames)[number],
  origin: string,
  question: LoopQuestion,
  resultOf: (name: string, input: unknown) => string,
): Promise<LoopTold> {
  const runs: LoopTold["runs"] = [];
  const run = (tool: string, input: unknown): string => {
    runs.push({ name: tool, input });
    return resultOf(tool, input);
  };
  const told = async (text: Promise<string>): Promise<LoopTold> => ({ runs, text: await text });
  switch (name) {
    case "OpenAI SDK":
      return told(openAiLoop(origin, question, run));
    case "Anthropic SDK":
      return told(anthropicLoop(origin, question, run));
    case "AI SDK openai":
      return told(aiLoop(aiOpenAi(origin).chatModel(question.model), question, run));
    case "AI SDK anthropic":
      return told(aiLoop(aiAnthropic(origin).languageModel(question.model), question, run));
  }
}

type Run = (tool: string, input: unknown) => string;

async function openAiLoop(origin: string, { model, text, isStreamed, forced }: LoopQuestion, run: Run) {
  const runnable = tools.map(
    (each): RunnableToolFunctionWithParse<object> => ({
      type: "function",
      function: {
        ...each,
        parameters: { ...parameters, required: ["path"] },
        parse: (input): object => JSON.parse(input),
        function: (input) => run(each.name, input),
      },
    }),
  );
  const body = {
    model,
    max_tokens: 2_000,
    messages: [{ role: "user" as const, content: text }],
    ...(forced === undefined ? {} : { tool_choice: { type: "function" as const, function: { name: forced } } }),
  };
  const { completions } = openAi(origin).chat;
  const runner = isStreamed
    ? completions.runTools({ ...body, tools: runnable, stream: true })
    : completions.runTools({ ...body, tools: runnable });
  // A runner that was made to call one tool stops after it.
  return (await runner.finalContent()) ?? "";
}

async function anthropicLoop(origin: string, question: LoopQuestion, run: Run) {
  const { model, text, isStreamed, forced, thinkingTokens } = question;
  const body = {
    model,
    max_tokens: 2_000,
    ...(thinkingTokens === undefined ? {} : { thinking: { type: "enabled" as const, budget_tokens: thinkingTokens } }),
    messages: [{ role: "user" as const, content: text }],
    ...(forced === undefined ? {} : { tool_choice: { type: "tool" as const, name: forced } }),
    tools: tools.map((each) =>
      betaTool({ ...each, inputSchema: parameters, run: async (input) => run(each.name, input) }),
    ),
  };
  const { messages } = anthropic(origin).beta;
  const last = isStreamed
    ? await messages.toolRunner({ ...body, stream: true }).runUntilDone()
    : await messages.toolRunner(body).runUntilDone();
  return last.content.map((block) => (block.type === "text" ? block.text : "")).join("");
}

async function aiLoop(model: LanguageModel, question: LoopQuestion, run: Run) {
  const { text, isStreamed, forced, thinkingTokens } = question;
  const runnable = (name: ToolName, description: string) =>
    tool({
      description,
      inputSchema: jsonSchema<{ path: string }>(parameters),
      execute: (input) => run(name, input),
    });
  const call = {
    model,
    maxOutputTokens: 2_000,
    prompt: text,
    tools: {
      read_file: runnable("read_file", "Reads a file."),
      list_folder: runnable("list_folder", "Lists a folder."),
    },
    stopWhen: isStepCount(forced === undefined ? 4 : 1),
    ...(forced === undefined ? {} : { toolChoice: { type: "tool" as const, toolName: forced } }),
    ...(thinkingTokens === undefined
      ? {}
      : {
          providerOptions: { anthropic: { thinking: { type: "enabled" as const, budgetTokens: thinkingTokens } } },
        }),
  };
  if (!isStreamed) return (await generateText(call)).text;
  const result = streamText({ ...call, onError: () => undefined });
  for await (const part of result.fullStream) if (part.type === "error") throw part.error;
  return result.text;
}
