import hljs from "highlight.js/lib/core";
import bash from "highlight.js/lib/languages/bash";
import c from "highlight.js/lib/languages/c";
import cpp from "highlight.js/lib/languages/cpp";
import csharp from "highlight.js/lib/languages/csharp";
import css from "highlight.js/lib/languages/css";
import diff from "highlight.js/lib/languages/diff";
import go from "highlight.js/lib/languages/go";
import java from "highlight.js/lib/languages/java";
import javascript from "highlight.js/lib/languages/javascript";
import json from "highlight.js/lib/languages/json";
import python from "highlight.js/lib/languages/python";
import rust from "highlight.js/lib/languages/rust";
import sql from "highlight.js/lib/languages/sql";
import typescript from "highlight.js/lib/languages/typescript";
import xml from "highlight.js/lib/languages/xml";
import yaml from "highlight.js/lib/languages/yaml";

const languages = {
  bash,
  c,
  cpp,
  csharp,
  css,
  diff,
  go,
  java,
  javascript,
  json,
  python,
  rust,
  sql,
  typescript,
  xml,
  yaml,
};
for (const [name, language] of Object.entries(languages)) hljs.registerLanguage(name, language);
hljs.registerAliases(["jsonc", "json5"], { languageName: "json" });
hljs.registerAliases(["shell", "shellscript", "console"], { languageName: "bash" });
hljs.registerAliases(["typescriptreact"], { languageName: "typescript" });
hljs.registerAliases(["javascriptreact"], { languageName: "javascript" });
hljs.registerAliases(["vue", "svelte"], { languageName: "xml" });

/** Longer code stays plain: colouring is linear in its length, and one frame must not wait for it. */
const LONGEST_COLOURED_CHARACTERS = 60_000;

/** Names of languages as a person writes them, for those whose own name in the grammar is not it. */
const spelled: Record<string, string> = {
  sh: "Shell",
  shell: "Shell",
  zsh: "Shell",
  bash: "Bash",
  js: "JavaScript",
  jsx: "JavaScript",
  ts: "TypeScript",
  tsx: "TypeScript",
  html: "HTML",
  xml: "XML",
  jsonc: "JSON",
  py: "Python",
  md: "Markdown",
  markdown: "Markdown",
  text: "Text",
  txt: "Text",
  plaintext: "Text",
};

/** How a language is called in the header of a code block: `ts` → `TypeScript`; an unknown one as it was written. */
export function languageTitle(language: string): string {
  const key = language.toLowerCase();
  return spelled[key] ?? hljs.getLanguage(key)?.name?.replace(/,.*$/, "") ?? language;
}

/** The code as coloured spans and text. An unknown language, or very long code, is one piece of plain text. */
export function highlighted(code: string, language: string): DocumentFragment {
  const fragment = document.createDocumentFragment();
  const key = language.toLowerCase();
  if (code.length > LONGEST_COLOURED_CHARACTERS || hljs.getLanguage(key) === undefined) {
    fragment.append(code);
    return fragment;
  }
  appendSpans(fragment, hljs.highlight(code, { language: key, ignoreIllegals: true }).value);
  return fragment;
}

const characterOf: Record<string, string> = { amp: "&", lt: "<", gt: ">", quot: '"', "#x27": "'" };

/**
 * highlight.js gives markup of one shape only: spans with a class around escaped text. It is read here piece by piece,
 * so that no markup is ever given to the browser's parser.
 */
function appendSpans(root: DocumentFragment, markup: string): void {
  let at: ParentNode & Node = root;
  const above: (ParentNode & Node)[] = [];
  for (const [piece, className] of markup.matchAll(/<span class="([^"]*)">|<\/span>|[^<]+/g)) {
    if (className !== undefined) {
      const span = document.createElement("span");
      span.className = className;
      at.append(span);
      above.push(at);
      at = span;
    } else if (piece === "</span>") {
      at = above.pop() ?? root;
    } else {
      at.append(
        piece.includes("&") ? piece.replace(/&(amp|lt|gt|quot|#x27);/g, (_, name) => characterOf[name] ?? "") : piece,
      );
    }
  }
}
