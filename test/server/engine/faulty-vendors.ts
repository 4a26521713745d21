import type { VendorStream } from "../providers/vendor-streams.ts";
import type { Call, Script } from "./fault-scene.ts";

/** What vendors do to a request, as scripts for `startVendors`. */

export const counts = { input: 1_000, output: 50 };
/** At $1 a million tokens in and $2 out, in nano-dollars. */
export const countedNano = 1_000 * 1_000 + 50 * 2_000;
export const pieces = ["Rename ", "`foo`", " to ", "`bar` 🧭", ".\r\n"];
export const words = pieces.join("");
export const half = "Half an answer that a person has read already";

const eventStream = { "content-type": "text/event-stream" };

function begin({ response, wire }: Call): void {
  response.writeHead(200, eventStream);
  response.write(wire.start);
}

/** A stream with this behind its beginning, ended in order. */
export const streams =
  (make: (wire: VendorStream) => string): Script =>
  (call) => {
    begin(call);
    call.response.end(make(call.wire));
  };
export const textOf = (wire: VendorStream) => pieces.map((piece) => wire.text(piece)).join("");
export const whole = streams((wire) => textOf(wire) + wire.end("stop", counts));

/** An answer that is no stream. */
export const body =
  (status: number, text: string, headers: Record<string, string> = { "content-type": "application/json" }): Script =>
  ({ response }) =>
    void response.writeHead(status, headers).end(text);
export const refuses =
  (status: number, type: string, message: string, headers: Record<string, string> = {}): Script =>
  (call) =>
    body(status, call.wire.error(type, message), { "content-type": "application/json", ...headers })(call);

/** The same from a vendor whom the engine asks again after a pause. */
export const askedAgain =
  (script: Script): Script =>
  (call) => {
    call.pauseFollows();
    return script(call);
  };
export const resets: Script = ({ response }) => void response.destroy();
export const noHeaders: Script = ({ silent }) => silent();
/** Headers and perhaps a text, and then this each second for ever. */
export const beats =
  (beat: (wire: VendorStream) => string, text = ""): Script =>
  (call) => {
    begin(call);
    if (text !== "") call.response.write(call.wire.text(text));
    call.silent();
    const go = (): void => {
      if (call.response.destroyed) return;
      call.response.write(beat(call.wire));
      call.clock.after(1_000, go);
    };
    go();
  };
export const stallsAfter =
  (text: string): Script =>
  (call) => {
    begin(call);
    call.response.write(call.wire.text(text));
    call.silent();
  };
/** A token each two seconds. */
export const drips: Script = (call) => {
  begin(call);
  call.silent();
  const rest = [...pieces, ...pieces, ...pieces];
  const go = (): void => {
    const next = rest.shift();
    if (next === undefined) {
      call.response.end(call.wire.end("stop", counts));
      return;
    }
    call.response.write(call.wire.text(next));
    call.silent();
    call.clock.after(2_000, go);
  };
  go();
};
export const tornAfter =
  (text: string): Script =>
  (call) => {
    begin(call);
    // Torn down once the text has left, or it would be lost with the connection.
    call.response.write(call.wire.text(text), () => setTimeout(() => call.response.destroy(), 5));
  };
/** The same again and again until the connection is closed. */
export const repeats =
  (make: (wire: VendorStream) => string): Script =>
  async (call) => {
    begin(call);
    while (!call.response.destroyed) {
      call.response.write(make(call.wire));
      await new Promise((resolve) => setImmediate(resolve));
    }
  };
