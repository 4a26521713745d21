/** A request as it is about to go out. */
export interface OutgoingRequest {
  url: string;
  method: "GET" | "POST";
  /** Lower-case names. */
  headers: Readonly<Record<string, string>>;
  body: string;
  signal: AbortSignal;
}

/** `send` with other headers than a package gives it: what authorizes a request is ours to say. */
export function withHeaders(
  send: typeof globalThis.fetch,
  headersFor: (request: OutgoingRequest) => Promise<Readonly<Record<string, string>>>,
): typeof globalThis.fetch {
  return async (input, init) => {
    const request: OutgoingRequest = {
      url: input instanceof Request ? input.url : String(input),
      method: init?.method === "POST" ? "POST" : "GET",
      headers: Object.fromEntries(new Headers(init?.headers)),
      body: typeof init?.body === "string" ? init.body : "",
      signal: init?.signal ?? new AbortController().signal,
    };
    return send(input, { ...init, headers: { ...(await headersFor(request)) } });
  };
}
