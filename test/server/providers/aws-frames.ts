import { crc32 } from "node:zlib";

/**
 * One message of Amazon's event streams as Latin-1 text, a character a byte: its whole length and that of its headers, the
 * checksum of the two, the headers (name length, name, 7 for a text, its length, the text), the payload, and the checksum
 * of all before it. Numbers are big-endian; checksums are CRC-32.
 */
export function awsFrame(headers: Readonly<Record<string, string>>, payload: string): string {
  const named = Object.entries(headers).map(([name, value]) => {
    const length = Buffer.alloc(2);
    length.writeUInt16BE(Buffer.byteLength(value));
    return Buffer.concat([Buffer.of(name.length), Buffer.from(name), Buffer.of(7), length, Buffer.from(value)]);
  });
  const head = Buffer.concat(named);
  const body = Buffer.from(payload);
  const prelude = Buffer.alloc(12);
  prelude.writeUInt32BE(12 + head.length + body.length + 4, 0);
  prelude.writeUInt32BE(head.length, 4);
  prelude.writeUInt32BE(crc32(prelude.subarray(0, 8)), 8);
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE(crc32(Buffer.concat([prelude, head, body])));
  return Buffer.concat([prelude, head, body, sum]).toString("latin1");
}

/** An event of ConverseStream. */
export function converseEvent(type: string, value: object): string {
  return awsFrame(
    { ":event-type": type, ":content-type": "application/json", ":message-type": "event" },
    JSON.stringify(value),
  );
}

/** What ConverseStream sends where it breaks off. */
export function converseException(type: string, message: string): string {
  return awsFrame(
    { ":exception-type": type, ":content-type": "application/json", ":message-type": "exception" },
    JSON.stringify({ message }),
  );
}
