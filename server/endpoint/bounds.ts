/** What the endpoint bears at most, so that no client can hold it up or fill its memory. */
export interface EndpointBounds {
  /** From the connection, or the end of the last answer, to the end of a request's headers. */
  headersMs: number;
  /** The same to the end of its body. */
  requestMs: number;
  /** How often the two are looked after. */
  checkMs: number;
  /** How long a connection without a request is kept. */
  keepAliveMs: number;
  headerBytes: number;
  /** For each address. */
  connections: number;
  /** Requests under way, whatever they wait for. */
  requests: number;
  /** Of one body. */
  bodyBytes: number;
  /** Of all bodies whose requests are under way. */
  bodiesBytes: number;
  /** A client that reads nothing of its answer for so long is taken for gone. */
  readerMs: number;
  /** How long a client that is still sending has to read why it is refused. */
  lingerMs: number;
}

const kilobyte = 1_024;
const megabyte = kilobyte * kilobyte;

export const endpointBounds: EndpointBounds = {
  headersMs: 10_000,
  requestMs: 60_000,
  checkMs: 2_000,
  // Longer than the pools of the usual clients keep theirs: it is they who hang up.
  keepAliveMs: 65_000,
  headerBytes: 16_384,
  connections: 2_000,
  requests: 512,
  bodyBytes: 32 * megabyte,
  bodiesBytes: 256 * megabyte,
  readerMs: 60_000,
  lingerMs: 2_000,
};

/** A bound in words, rounded down: `32 MB`, `16 kB`. */
export function sizeWords(bytes: number): string {
  return bytes >= megabyte ? `${Math.floor(bytes / megabyte)} MB` : `${Math.floor(bytes / kilobyte)} kB`;
}
