// @vitest-environment jsdom
import { beforeEach, describe, expect, it, vi } from "vitest";
import {
  type EndpointPageState,
  type FromEndpoint,
  fromEndpointSchema,
} from "../../../client/webview/endpoint-messages.ts";
import { endpointPage } from "../../../client/webview/endpoint-page.ts";
import { snippetNames, snippetText } from "../../../client/webview/endpoint-snippets.ts";
import { endpointContent, pageHtml } from "../../../client/webview/page-html.ts";
import { endpointState, tight, token, urls } from "./harness/endpoint-scenes.ts";

let sent: FromEndpoint[] = [];
beforeEach(() => {
  sent = [];
});

function open(values: Partial<EndpointPageState> = {}) {
  document.body = document.createElement("body");
  const html = pageHtml(
    { nonce: "n", cspSource: "x", scriptUri: "x", styleUri: "x", codiconUri: "x" },
    endpointContent,
  );
  document.body.innerHTML = /<body>([\s\S]*)<\/body>/.exec(html)?.[1]?.replace(/<script[\s\S]*/, "") ?? "";
  // What the page says must be what the host can read.
  const receive = endpointPage((message) => sent.push(fromEndpointSchema.parse(message)));
  const show = (next: Partial<EndpointPageState> = {}) => receive({ type: "state", state: endpointState(next) });
  show(values);
  return { show, receive };
}

const clockTime = (atMs: number) => new Intl.DateTimeFormat("en-GB", { timeStyle: "short" }).format(atMs);
const isSeen = (each: Element) => each.closest("[hidden]") === null;
const seen = (selector: string) => [...document.querySelectorAll(selector)].filter(isSeen);
const texts = (selector: string) => seen(selector).map((each) => each.textContent);
const named = (name: string) =>
  seen("button").find((each) => (each.getAttribute("aria-label") ?? each.textContent) === name) as HTMLElement;
const press = (name: string) => named(name).click();
const live = () => document.querySelector("#live")?.textContent;
const state = () => texts(".endpoint-state p, .endpoint-state .block-actions button");

describe("the page of the local endpoint", () => {
  it("says that it answers, what was spent, and where", () => {
    open();
    expect(sent).toEqual([{ type: "ready" }]);
    expect(state()).toEqual([
      "Running: tools on this machine are answered by this window.",
      "$0.0123 today in 14 requestsCosts",
      "Stop",
    ]);
    expect(texts(".endpoint-facts dd .endpoint-value")).toEqual(["http://127.0.0.1:8377/v1", "http://127.0.0.1:8377"]);
    expect(texts(".endpoint-guide section > p.dim")[0]).toBe("The same at http://[::1]:8377.");
    press("Stop");
    press("Costs");
    expect(sent.slice(1)).toEqual([
      { type: "command", command: "stopEndpoint" },
      { type: "command", command: "showCosts" },
    ]);
  });

  it.each<[string, Partial<EndpointPageState>, unknown[]]>([
    ["off", { enabled: false, state: { state: "off" } }, ["It is off: no other tool is answered.", "Start"]],
    ["about to start", { state: null }, ["Starting…", "Stop"]],
    [
      "in another window",
      { state: { state: "elsewhere", urls, spentNano: 0, requests: 0 }, hostLabel: "WSL: Ubuntu" },
      [
        "Running in another window, which answers tools on WSL: Ubuntu. This one takes over when that one closes.",
        "Nothing that costs was asked todayCosts",
        "Stop",
      ],
    ],
    [
      "where another Wayfare has the port",
      { state: { state: "foreign", port: 8_377 } },
      [
        "Another Wayfare answers at port 8377, with a token of its own: one that was started without an editor, or a window that has not heard of a new token yet (reload it).",
        "Open Settings",
        "Try Again",
        "Stop",
      ],
    ],
    [
      "off, while another window has not heard of it",
      { enabled: false, state: { state: "unheard" } },
      ["Switched off; another window has not heard of it yet and still answers. Reload that window.", "Start"],
    ],
    [
      "without its port",
      { state: { state: "failed", message: "Port 8377 is in use." } },
      ["Port 8377 is in use.", "Open Settings", "Try Again", "Stop"],
    ],
    [
      "after one free request",
      { state: { state: "running", urls, spentNano: 0, requests: 1 } },
      ["Running: tools on this machine are answered by this window.", "$0 today in 1 requestCosts", "Stop"],
    ],
    [
      "of the playground",
      { setup: "playground", state: { state: "running", urls, spentNano: 0, requests: 0 } },
      [
        "Running: tools on this machine are answered by this window.",
        "Nothing that costs was asked todayCosts",
        "Only the playground is set up: what it answers is made up, and costs nothing.",
        "Stop",
      ],
    ],
  ])("says how it is, with the buttons for it: %s", (_name, values, words) => {
    open(values);
    expect(state()).toEqual(words);
  });

  it("shows nothing to paste while nobody answers", () => {
    const { show } = open({ state: { state: "failed", message: "Port 8377 is in use." } });
    expect(texts("h2")).toEqual([]);
    press("Open Settings");
    expect(sent.at(-1)).toEqual({ type: "command", command: "openSetting" });
    show();
    expect(texts("h2")).toEqual(["Addresses", "Token", "What to paste", "Models", "Good to know"]);
  });

  it("shows neither address nor token of ours where another Wayfare answers, and says what came of trying again", () => {
    const { receive } = open({ state: { state: "foreign", port: 8_377 } });
    expect([texts("h2"), texts(".endpoint-value")]).toEqual([[], []]);
    press("Try Again");
    expect(sent.at(-1)).toEqual({ type: "tryAgain" });
    receive({ type: "tried" });
    expect(state()[1]).toBe("Tried again: nothing has changed.");
    expect(live()).toBe("Tried again: nothing has changed.");
    receive({ type: "state", state: endpointState() });
    expect(state().join()).not.toContain("Tried again");
    receive({ type: "tried" });
    expect(state().join()).not.toContain("Tried again");
  });

  it("shows which cap is near or reached, that requests are refused, and the way to its setting", () => {
    const { show } = open({ state: tight });
    expect(state().slice(1, 5)).toEqual([
      "All of your $1.00 a day is spent: requests that cost are refused. Open its setting",
      '85 % of the $0.20 a day of the book "ci" is spent or held: a request that may cost more than the $0.0300 left is refused. Open its setting',
      'wayfare.endpoint.workspaces.night.daily cannot be read: nothing that costs is sent from the book "night" until it is corrected. Open its setting',
      `The last request was refused at ${clockTime(tight.refused.atMs)}. This needs at least $0.01, which does not fit under your $1.00 a day.`,
    ]);
    expect(document.querySelector<HTMLElement>(".endpoint-state")?.dataset.state).toBe("refusing");
    seen("button")
      .filter(({ textContent }) => textContent === "Open its setting")[1]
      ?.dispatchEvent(new MouseEvent("click"));
    expect(sent.at(-1)).toEqual({ type: "openCap", at: 1 });
    show();
    expect(texts(".endpoint-caps li")).toEqual([]);
    expect(live()).toBe("Running: tools on this machine are answered by this window.");
    show({ state: tight });
    expect(live()).toBe(
      [
        "Running: tools on this machine are answered by this window.",
        "All of your $1.00 a day is spent: requests that cost are refused.",
        'wayfare.endpoint.workspaces.night.daily cannot be read: nothing that costs is sent from the book "night" until it is corrected.',
      ].join(" "),
    );
  });

  it("says which setting cannot be used, and which provider has no key, with what mends it", () => {
    const port =
      "wayfare.endpoint.port: 99 is not a port from 1024 to 65535. 8377 is used. Write a whole number between them.";
    const keyless =
      '"anthropic" has no key. Run "Wayfare: Change Key" and enter the key for https://api.anthropic.com.';
    open({ settingProblems: [port], keyless: [keyless] });
    expect(texts(".endpoint-problems p")).toEqual([`${port} Open Settings`, `${keyless} Change Key`]);
    press("Open Settings");
    press("Change Key");
    expect(sent.slice(1)).toEqual([
      { type: "command", command: "openSetting" },
      { type: "command", command: "changeKey" },
    ]);
  });

  it("is stopped before a setup, too", () => {
    const { show } = open({ setup: "nothing", state: null });
    press("Stop");
    expect(sent.at(-1)).toEqual({ type: "command", command: "stopEndpoint" });
    show({ setup: "nothing", enabled: false, state: { state: "off" } });
    expect(named("Stop")).toBeUndefined();
  });

  it("shows the token at the person's word alone, and hides it again when it holds no longer", () => {
    const { receive } = open();
    const shown = () => document.querySelector(".endpoint-token code");
    expect([shown()?.textContent, shown()?.getAttribute("aria-label")]).toEqual(["wf-••••••••••••", "hidden"]);
    press("Show the token");
    expect([shown()?.textContent, sent.at(-1)]).toEqual(["wf-••••••••••••", { type: "showToken" }]);
    receive({ type: "token", token });
    expect([shown()?.textContent, shown()?.hasAttribute("aria-label")]).toEqual([token, false]);
    expect(texts("pre").join()).not.toContain(token);
    press("Hide the token");
    expect(shown()?.textContent).toBe("wf-••••••••••••");
    receive({ type: "token", token });
    receive({ type: "token", token: null });
    expect(document.body.textContent).not.toContain(token);
    press("New token…");
    expect(sent.at(-1)).toEqual({ type: "command", command: "newEndpointToken" });
  });

  it("hides the token again when nobody looks at the page", () => {
    const { receive } = open();
    receive({ type: "token", token });
    const hidden = vi.spyOn(document, "hidden", "get").mockReturnValue(false);
    document.dispatchEvent(new Event("visibilitychange"));
    expect(texts(".endpoint-token code")).toEqual([token]);
    hidden.mockReturnValue(true);
    document.dispatchEvent(new Event("visibilitychange"));
    expect(texts(".endpoint-token code")).toEqual(["wf-••••••••••••"]);
    hidden.mockRestore();
  });

  it("writes names of headers alone as code, beside those of models, and gives the buttons of a row one look", () => {
    open();
    const names = (list: Element | undefined) =>
      [...(list?.querySelectorAll("dt code") ?? [])].map((each) => each.textContent);
    const [models, known] = seen(".endpoint-words");
    expect(names(models)).toEqual(["auto", "cheap", "frontier", "provider/model"]);
    expect(names(known)).toEqual(["x-wayfare-session", "x-wayfare-workspace"]);
    expect(new Set(seen(".endpoint-acts button").map(({ className }) => className)).size).toBe(1);
  });

  it("has something to paste for each kind of tool, says what is copied, and that it was", () => {
    vi.useFakeTimers();
    const { receive } = open();
    expect(texts("h3")).toEqual(["curl", "OpenAI SDK", "AI SDK", "Anthropic SDK", "Environment variables"]);
    const shown = texts("pre");
    for (const text of shown) expect(text).toContain("wf-••••••••••••");
    for (const title of texts("h3")) press(`Copy ${title}, with the token written in`);
    press("Copy the token");
    press("Copy the address for tools of OpenAI's form");
    press("Copy the address for tools of Anthropic's form");
    expect(sent.slice(1)).toEqual(
      [...snippetNames, "token", "openaiAddress", "anthropicAddress"].map((what) => ({ type: "copy", what })),
    );
    expect(live()).toBe("");
    const button = named("Copy curl, with the token written in");
    receive({ type: "copied", what: "request" });
    expect([live(), button.textContent, button.getAttribute("aria-label")]).toEqual([
      "curl is on the clipboard, with your token in it.",
      "Copied",
      "Copied",
    ]);
    vi.runAllTimers();
    expect([button.textContent, button]).toEqual(["Copy", named("Copy curl, with the token written in")]);
    vi.useRealTimers();
  });

  it("names the models that can be asked, and counts what is too many", () => {
    const { show } = open();
    expect(texts(".endpoint-words")[0]).toMatch(/^auto.*cheap.*frontier.*provider\/model/);
    expect(texts("summary")).toEqual(["3 models by name"]);
    expect(texts(".endpoint-models li")[1]).toBe("openai/gpt-5.4-mini");
    show({ models: Array.from({ length: 203 }, (_, at) => `a/${at}`) });
    expect([texts(".endpoint-models li").length, texts("details p")]).toEqual([200, ["And 3 more."]]);
    show({ models: [] });
    expect(texts("summary")).toEqual([]);
  });

  it("says which models Claude Code asks for, and what is not served", () => {
    open();
    expect(texts(".endpoint-words").at(-1)).toMatch(/Claude Code.*ANTHROPIC_MODEL.*ANTHROPIC_DEFAULT_HAIKU_MODEL/);
    expect(texts(".endpoint-words").at(-1)).toContain("Tools that speak only OpenAI's Responses API are not served");
  });

  it("reads out what changes of its state, not each amount, and keeps the focus on the page", () => {
    const { show } = open({ enabled: false, state: { state: "off" } });
    named("Start").focus();
    expect(live()).toBe("");
    show({ state: null });
    expect([live(), document.activeElement?.id]).toEqual(["Starting…", "endpoint"]);
    show();
    expect(live()).toBe("Running: tools on this machine are answered by this window.");
    const words = document.querySelector("#live")?.firstChild;
    named("Stop").focus();
    show({ state: { state: "running", urls, spentNano: 99_000_000, requests: 15 } });
    expect(document.querySelector("#live")?.firstChild).toBe(words);
    expect([state()[1], document.activeElement?.textContent]).toEqual(["$0.0990 today in 15 requestsCosts", "Stop"]);
  });

  it("shows the ways in before a setup, and the server's trouble as the other pages do", () => {
    const { show } = open({ setup: "nothing", state: null });
    expect(texts(".endpoint-unset p")[0]).toBe(
      "The local endpoint is on, and answers as soon as there is a model that it can ask.",
    );
    expect(texts("h2")).toEqual(["Two ways to begin"]);
    expect(state()).toEqual([]);
    show({ setup: "nothing", enabled: false, state: { state: "off" } });
    expect(texts("#endpoint > p")).toHaveLength(1);
    show({ setup: "nothing", state: null });
    expect(live()).toBe("The local endpoint is on, and answers as soon as there is a model that it can ask.");
    show({ connection: "stopped", state: null });
    expect(texts("#notices p")).toEqual(["Wayfare's server is not running."]);
    expect(state()[0]).toBe("It is not running: Wayfare's server is stopped.");
    show({ problem: "The keyring is locked." });
    expect(texts("#notices p")[0]).toContain("The keyring is locked.");
  });
});

describe("what is pasted into other tools", () => {
  const facts = { address: "http://127.0.0.1:9000", token: "wf-T", shell: "sh" } as const;

  it("asks with the token at the right address", () => {
    expect(snippetText("request", facts)).toBe(
      [
        "curl http://127.0.0.1:9000/v1/chat/completions \\",
        '  -H "Authorization: Bearer wf-T" \\',
        '  -H "Content-Type: application/json" \\',
        `  -d '{"model": "auto",`,
        `    "messages": [{"role": "user", "content": "What is 2 + 2?"}]}'`,
        "",
      ].join("\n"),
    );
    expect(snippetText("environment", facts)).toBe(
      [
        'export OPENAI_BASE_URL="http://127.0.0.1:9000/v1"',
        'export OPENAI_API_KEY="wf-T"',
        'export ANTHROPIC_BASE_URL="http://127.0.0.1:9000"',
        'export ANTHROPIC_AUTH_TOKEN="wf-T"',
        'export ANTHROPIC_MODEL="auto"',
        'export ANTHROPIC_DEFAULT_HAIKU_MODEL="cheap"',
        "",
      ].join("\n"),
    );
  });

  it("is whole in code, too", () => {
    expect(snippetText("aiSdk", facts)).toBe(
      [
        'import { createOpenAICompatible } from "@ai-sdk/openai-compatible";',
        'import { generateText } from "ai";',
        "",
        "const wayfare = createOpenAICompatible({",
        '  name: "wayfare",',
        '  baseURL: "http://127.0.0.1:9000/v1",',
        '  apiKey: "wf-T",',
        "  includeUsage: true,",
        "  supportsStructuredOutputs: true,",
        "});",
        'const { text } = await generateText({ model: wayfare("auto"), prompt: "What is 2 + 2?" });',
        "console.log(text);",
        "",
      ].join("\n"),
    );
  });

  it("gives PowerShell what it takes", () => {
    const words = snippetText("request", { ...facts, shell: "powershell" });
    expect(words).toMatch(/^Invoke-RestMethod http:\/\/127\.0\.0\.1:9000\/v1\/chat\/completions -Method Post `\n/);
    expect(words).toContain('-Headers @{ Authorization = "Bearer wf-T" }');
    expect(snippetText("environment", { ...facts, shell: "powershell" }).split("\n")[0]).toBe(
      '$env:OPENAI_BASE_URL = "http://127.0.0.1:9000/v1"',
    );
  });

  it("sends no key of Anthropic's that lies in the environment", () => {
    expect(snippetText("anthropic", facts)).toContain('baseURL: "http://127.0.0.1:9000",\n  authToken: "wf-T",');
    expect(snippetText("anthropic", facts)).toContain("apiKey: null");
  });
});
