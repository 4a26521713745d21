import Anthropic from "@anthropic-ai/sdk";
import { APICallError } from "ai";
import OpenAI from "openai";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import type { Closer } from "../../engine/relay-scene.ts";
import { type ClientsScene, clientsScene } from "./clients-scene.ts";
import { type Client, clientNames, clientOf, PlainError, type Question } from "./every-client.ts";

const closers: Closer[] = [];
let scene: ClientsScene;
beforeAll(async () => {
  scene = await clientsScene(closers, {
    models: { answer: () => "Yes." },
  });
});
afterAll(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

/** How a client tells of a fault: its own class, and what every one of them knows. */
interface Fault {
  type: string;
  status: number;
  message: string;
  headers: Readonly<Record<string, string>>;
  body: unknown;
  error: unknown;
}

async function faultOf(client: Client, question: Question): Promise<Fault[]> {
  const ways = [client.ask, client.stream];
  return Promise.all(
    ways.map(async (way) => {
      const error: unknown = await way({ maxRetries: 0, ...question }).then(
        () => new Error("It was answered."),
        (reason: unknown) => reason,
      );
      if (error instanceof OpenAI.APIError || error instanceof Anthropic.APIError) {
        const headers = Object.fromEntries(new Headers(error.headers));
        const { status, message, error: body } = error;
        return { type: error.constructor.name, status, message, headers, body, error };
      }
      if (APICallError.isInstance(error)) {
        const { statusCode = 0, responseHeaders: headers = {}, message, responseBody = "" } = error;
        return { type: "APICallError", status: statusCode, message, headers, body: JSON.parse(responseBody), error };
      }
      if (error instanceof PlainError) {
        const { status, message, headers } = error;
        return { type: "plain", status, message, headers, body: JSON.parse(message), error };
      }
      throw error;
    }),
  );
}

/** The classes of the two SDKs that have some; the others tell by the status alone. */
function isOf(fault: Fault, client: Client, openAi: unknown, anthropic: unknown): void {
  if (client.name === "OpenAI SDK") expect(fault.error).toBeInstanceOf(openAi);
  if (client.name === "Anthropic SDK") expect(fault.error).toBeInstanceOf(anthropic);
}

const question = { model: "acme/small", text: "What is this?" };

describe.each(clientNames)("%s", (name) => {
  it("tells a wrong token", async () => {
    const client = clientOf(name, scene.origin, "wrong");
    for (const fault of await faultOf(client, question)) {
      isOf(fault, client, OpenAI.AuthenticationError, Anthropic.AuthenticationError);
      expect(fault).toMatchObject({
        status: 401,
        message: expect.stringContaining("The token that came is not this endpoint's"),
      });
    }
  });

  it("tells that there is no such model", async () => {
    const client = clientOf(name, scene.origin);
    for (const fault of await faultOf(client, { ...question, model: "gpt-99" })) {
      isOf(fault, client, OpenAI.NotFoundError, Anthropic.NotFoundError);
      expect(fault).toMatchObject({ status: 404, message: expect.stringContaining("gpt-99") });
    }
  });

  it("tells what is wrong with a request", async () => {
    const client = clientOf(name, scene.origin);
    for (const fault of await faultOf(client, { ...question, image: "data:image/tiff;base64,SUkqAA==" })) {
      isOf(fault, client, OpenAI.BadRequestError, Anthropic.BadRequestError);
      expect(fault).toMatchObject({ status: 400, message: expect.stringMatching(/messages\[0\]\.content\[\d\]\./) });
    }
  });

  it("tells that the money is spent", async () => {
    const own: Closer[] = [];
    const poor = await clientsScene(own, { budget: { daily: 0.000_5 } });
    try {
      const client = clientOf(name, poor.origin);
      for (const fault of await faultOf(client, question)) {
        isOf(fault, client, OpenAI.APIError, Anthropic.PaymentRequiredError);
        expect(fault).toMatchObject({ status: 402, message: expect.stringMatching(/\$0\.0005 a day/) });
        if (client.wire === "anthropic") expect(JSON.stringify(fault.body)).toContain("billing_error");
        else expect(JSON.stringify(fault.body)).toContain("budget_exceeded");
      }
      expect(poor.vendors.log()).toEqual([]);
    } finally {
      for (const close of own.reverse()) await close();
    }
  });

  it.each([
    { fault: { kind: "status", status: 500 } as const, status: 502 },
    { fault: { kind: "status", status: 401 } as const, status: 502 },
    { fault: { kind: "html" } as const, status: 502 },
  ])("tells which vendor is down, never as if the client were wrong: $fault", async ({ fault: broken, status }) => {
    const own: Closer[] = [];
    const ill = await clientsScene(own);
    try {
      ill.vendors.setFault("small", broken);
      const client = clientOf(name, ill.origin);
      for (const fault of await faultOf(client, question)) {
        isOf(fault, client, OpenAI.InternalServerError, Anthropic.InternalServerError);
        const { host } = new URL(ill.vendors.origin);
        expect(fault).toMatchObject({ status, message: expect.stringContaining(host) });
      }
      expect(ill.heldNano()).toBe(0);
    } finally {
      for (const close of own.reverse()) await close();
    }
  });

  it("never takes half an answer for a whole one", async () => {
    const own: Closer[] = [];
    const ill = await clientsScene(own);
    try {
      ill.vendors.setFault("small", { kind: "cut", afterCharacters: "half" });
      let heard = "";
      const onText = (piece: string) => {
        heard += piece;
      };
      const client = clientOf(name, ill.origin);
      const asked = client.stream({ ...question, maxRetries: 0, onText });
      await expect(asked).rejects.toThrow(name === "fetch" ? /no end/ : /broke off before its end/);
      if (name !== "fetch") expect(heard).toMatch(/^Here is what small says: /);
      await ill.settled();
      expect(ill.vendors.log()).toMatchObject([{ end: "broken" }]);
      expect(ill.heldNano()).toBe(0);
      expect(ill.spentNano()).toBeGreaterThan(0);
    } finally {
      for (const close of own.reverse()) await close();
    }
  });

  it("tells when a vendor that is asked too often may be asked again", async () => {
    const own: Closer[] = [];
    const busy = await clientsScene(own);
    try {
      busy.vendors.setFault("small", { kind: "status", status: 429, headers: { "retry-after": "40" } });
      const client = clientOf(name, busy.origin);
      for (const fault of await faultOf(client, question)) {
        isOf(fault, client, OpenAI.RateLimitError, Anthropic.RateLimitError);
        expect(fault).toMatchObject({ status: 429, message: expect.stringContaining("acme") });
        const seconds = z.coerce.number().parse(fault.headers["retry-after"]);
        expect(seconds).toBeGreaterThan(0);
        expect(seconds).toBeLessThanOrEqual(40);
      }
    } finally {
      for (const close of own.reverse()) await close();
    }
  });
});
