import * as z from "zod";
import type { PdfDocument } from "../core/provider.ts";
import { base64Schema, readShape } from "./read-shape.ts";
import { badRequest } from "./wire.ts";

/** What a document of Anthropic's wire comes to: words, which every model reads, or a PDF, which not every vendor opens. */
export type ReadDocument = { text: string } | { pdf: PdfDocument };

/** A `document` block. Its title and context stand before its text, as Anthropic shows them to its models. Throws WireErrors. */
export function readDocument(value: unknown, place: string): ReadDocument {
  const { source, title, context } = readShape(documentSchema, value, place);
  switch (source.type) {
    case "text":
      return { text: written(readShape(textSchema, value, place).source.data, title, context) };
    case "content": {
      const { content } = readShape(contentSchema, value, place).source;
      const texts = typeof content === "string" ? [content] : content.map(({ text }) => text);
      return { text: written(texts.join("\n"), title, context) };
    }
    case "base64": {
      const { data } = readShape(pdfSchema, value, place).source;
      return { pdf: { base64: data, ...(title == null || title === "" ? {} : { name: title }) } };
    }
    default: {
      const field = `${place}.source.type`;
      const what = `${field} is "${source.type.slice(0, 60)}", and no document is looked up here`;
      throw badRequest(field, `${what}: send it itself, as base64, or its words, as text.`);
    }
  }
}

/** In the form that Anthropic advises for documents in a prompt, whose marks other models know as well. */
function written(text: string, title: string | null | undefined, context: string | null | undefined): string {
  const lines = [
    "<document>",
    ...(title == null || title === "" ? [] : [`<source>${title}</source>`]),
    ...(context == null || context === "" ? [] : [`<context>${context}</context>`]),
    "<document_content>",
    text,
    "</document_content>",
    "</document>",
  ];
  return lines.join("\n");
}

const documentSchema = z.looseObject({
  source: z.looseObject({ type: z.string() }),
  title: z.string().nullish(),
  context: z.string().nullish(),
});
const textSchema = z.looseObject({ source: z.looseObject({ data: z.string() }) });
const contentSchema = z.looseObject({
  source: z.looseObject({
    content: z.union(
      [z.string(), z.array(z.looseObject({ type: z.literal("text"), text: z.string() }))],
      "has to be a text or a list of blocks of text",
    ),
  }),
});
const pdfSchema = z.looseObject({
  source: z.looseObject({ media_type: z.literal("application/pdf"), data: base64Schema }),
});
