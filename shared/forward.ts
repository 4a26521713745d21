import * as z from "zod";

/**
 * A request that the extension host sends in the server's place, through VS Code's own network: where a script chooses the
 * proxy (PAC) or it wants NTLM or Kerberos, only VS Code knows the way. Its answer is read piece by piece, each when the
 * one before has been used, so that nobody holds more than a piece.
 */

/**
 * What went wrong there: codes along the error's chain of causes, and its last words, for what no code tells. `proxy` is
 * there when the proxy is what failed: its host and port, and the status it refused with; null: it did not answer.
 */
export const forwardFaultSchema = z.strictObject({
  fault: z.strictObject({
    codes: z.array(z.string()).max(20),
    words: z.string().max(200),
    proxy: z.strictObject({ host: z.string(), status: z.number().int().nullable() }).optional(),
  }),
});
export type ForwardFault = z.infer<typeof forwardFaultSchema>;

export interface ForwardRequestParams {
  /** Names the request in what follows; never used twice in one life of the server. */
  id: string;
  /** https alone, and never this machine. */
  url: string;
  method: "GET" | "POST";
  headers: Readonly<Record<string, string>>;
  body?: string;
}

/** Comes when the headers have; redirects are answers. */
export const forwardAnswerSchema = z.union([
  z.strictObject({ status: z.number().int(), headers: z.record(z.string(), z.string()) }),
  forwardFaultSchema,
]);
export type ForwardAnswer = z.infer<typeof forwardAnswerSchema>;

export interface ForwardIdParams {
  id: string;
}

/** The next bytes of the answer, in Base64; null at its end. */
export const forwardPieceSchema = z.union([z.strictObject({ bytes: z.base64().nullable() }), forwardFaultSchema]);
export type ForwardPiece = z.infer<typeof forwardPieceSchema>;
