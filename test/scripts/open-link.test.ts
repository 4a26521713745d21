import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type OpenLink, serveOpenLink } from "../../scripts/open-link.ts";

let link: OpenLink;
let opened: number;

beforeEach(async () => {
  opened = 0;
  link = await serveOpenLink({
    cookie: "session=secret",
    target: "http://127.0.0.1:1/?folder=/sample",
    fallback: "This link worked once.",
    onOpened: () => {
      opened += 1;
    },
  });
});

afterEach(() => link.close());

const get = (url: string, method = "GET") => fetch(url, { method, redirect: "manual" });

describe("the one-time link", () => {
  it("hands the session on to the first who follows it, and to nobody after that", async () => {
    const first = await get(link.url);
    expect([first.status, first.headers.get("location")]).toEqual([302, "http://127.0.0.1:1/?folder=/sample"]);
    expect(first.headers.getSetCookie()).toEqual(["session=secret; Path=/; SameSite=Lax; HttpOnly"]);
    const second = await get(link.url);
    expect([second.status, await second.text()]).toEqual([410, "This link worked once.\n"]);
    expect(second.headers.getSetCookie()).toEqual([]);
    expect(opened).toBe(1);
  });

  it("is not used up by a program that only looks at it", async () => {
    expect((await get(link.url, "HEAD")).status).toBe(405);
    expect((await get(link.url)).status).toBe(302);
  });

  it("gives nothing to whoever does not know it", async () => {
    const other = await get(new URL("/", link.url).href);
    expect([other.status, other.headers.getSetCookie()]).toEqual([404, []]);
    expect(opened).toBe(0);
  });

  it("cannot be guessed: 144 random bits", () => {
    expect(new URL(link.url).pathname).toMatch(/^\/[\w-]{24}$/);
  });
});
