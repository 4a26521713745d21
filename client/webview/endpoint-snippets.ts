/** What a person pastes into other tools so that they ask the local endpoint. Pure. */

export const snippetNames = ["request", "openai", "aiSdk", "anthropic", "environment"] as const;
export type SnippetName = (typeof snippetNames)[number];

export interface SnippetFacts {
  /** Without a path: `http://127.0.0.1:8377`. */
  address: string;
  token: string;
  shell: "sh" | "powershell";
}

/** Where the OpenAI wire begins. Tools of Anthropic's wire add `/v1` themselves. */
export function openaiAddress(address: string): string {
  return `${address}/v1`;
}

/** What stands for the token where it is not shown. */
export const hiddenToken = `wf-${"•".repeat(12)}`;

export function snippetTitle(name: SnippetName, shell: SnippetFacts["shell"]): string {
  if (name === "request") return shell === "sh" ? "curl" : "PowerShell";
  return titles[name];
}

export function snippetText(name: SnippetName, facts: SnippetFacts): string {
  return `${texts[name](facts).join("\n")}\n`;
}

const titles: Record<Exclude<SnippetName, "request">, string> = {
  openai: "OpenAI SDK",
  aiSdk: "AI SDK",
  anthropic: "Anthropic SDK",
  environment: "Environment variables",
};

/** An easy one: who only tries it out has not asked for the dear model. */
const question = "What is 2 + 2?";

const texts: Record<SnippetName, (facts: SnippetFacts) => string[]> = {
  request({ address, token, shell }) {
    const url = `${openaiAddress(address)}/chat/completions`;
    // In lines of their own: a window may be narrow.
    const body = [`'{"model": "auto",`, `    "messages": [{"role": "user", "content": "${question}"}]}'`];
    return shell === "sh"
      ? [
          `curl ${url} \\`,
          `  -H "Authorization: Bearer ${token}" \\`,
          '  -H "Content-Type: application/json" \\',
          `  -d ${body[0]}`,
          ...body.slice(1),
        ]
      : [
          `Invoke-RestMethod ${url} -Method Post \``,
          `  -Headers @{ Authorization = "Bearer ${token}" } \``,
          '  -ContentType "application/json" `',
          `  -Body ${body[0]}`,
          ...body.slice(1),
        ];
  },
  openai: ({ address, token }) => [
    importLine("OpenAI", "openai"),
    "",
    "const client = new OpenAI({",
    `  baseURL: "${openaiAddress(address)}",`,
    `  apiKey: "${token}",`,
    "});",
    "const answer = await client.chat.completions.create({",
    '  model: "auto",',
    `  messages: [{ role: "user", content: "${question}" }],`,
    "});",
    "console.log(answer.choices[0]?.message.content);",
  ],
  aiSdk: ({ address, token }) => [
    importLine("{ createOpenAICompatible }", "@ai-sdk/openai-compatible"),
    importLine("{ generateText }", "ai"),
    "",
    "const wayfare = createOpenAICompatible({",
    '  name: "wayfare",',
    `  baseURL: "${openaiAddress(address)}",`,
    `  apiKey: "${token}",`,
    "  includeUsage: true,",
    "  supportsStructuredOutputs: true,",
    "});",
    `const { text } = await generateText({ model: wayfare("auto"), prompt: "${question}" });`,
    "console.log(text);",
  ],
  anthropic: ({ address, token }) => [
    importLine("Anthropic", "@anthropic-ai/sdk"),
    "",
    "const client = new Anthropic({",
    `  baseURL: "${address}",`,
    `  authToken: "${token}",`,
    "  // Without this, a key of yours in the environment would go along.",
    "  apiKey: null,",
    "});",
    "const answer = await client.messages.create({",
    '  model: "auto",',
    "  max_tokens: 1024,",
    `  messages: [{ role: "user", content: "${question}" }],`,
    "});",
    "console.log(answer.content);",
  ],
  environment: ({ address, token, shell }) =>
    [
      ["OPENAI_BASE_URL", openaiAddress(address)],
      ["OPENAI_API_KEY", token],
      ["ANTHROPIC_BASE_URL", address],
      ["ANTHROPIC_AUTH_TOKEN", token],
      // Claude Code would ask for models by names of its own, in the background for a small one.
      ["ANTHROPIC_MODEL", "auto"],
      ["ANTHROPIC_DEFAULT_HAIKU_MODEL", "cheap"],
    ].map(([name, value]) => (shell === "sh" ? `export ${name}="${value}"` : `$env:${name} = "${value}"`)),
};

function importLine(what: string, module: string): string {
  return `import ${what} from ${JSON.stringify(module)};`;
}
