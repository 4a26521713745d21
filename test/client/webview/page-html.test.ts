import { describe, expect, it } from "vitest";
import { pageHtml } from "../../../client/webview/page-html.ts";

const html = pageHtml({
  nonce: "abc123",
  cspSource: "https://file.example",
  scriptUri: "https://file.example/chat.js",
  styleUri: 'https://file.example/chat.css?"><script>',
  codiconUri: "https://file.example/codicon.css",
});

describe("the page", () => {
  it("allows its own script, styles and font, and nothing else", () => {
    const policy = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(html)?.[1];
    expect(policy).toBe(
      "default-src 'none'; script-src 'nonce-abc123'; style-src https://file.example; font-src https://file.example; " +
        "img-src https://file.example data:; connect-src 'none'; form-action 'none'; base-uri 'none'",
    );
    expect(html).not.toMatch(/ style=|<style|unsafe-inline|\son\w+=/);
    expect(html.match(/<script/g)).toHaveLength(1);
  });

  it("says its language and has landmarks", () => {
    expect(html).toContain('<html lang="en">');
    expect(html).toMatch(/<header id="head">.*<main id="conversation"[^>]*aria-label="Conversation">/s);
  });
});
