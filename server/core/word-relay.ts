import type { Failure } from "../../shared/failure.ts";
import type { Relay, RelayEnd } from "./relay.ts";

/** The same relay, with the messages of its failures in other words. */
export function wordRelay(relay: Relay, wordFor: (message: string) => string): Relay {
  const worded = <Each extends Failure>(failure: Each): Each => ({ ...failure, message: wordFor(failure.message) });
  const wordedEnd = ({ failure, bill }: Extract<RelayEnd, { state: "failed" }>) => ({
    failure: worded(failure),
    bill: {
      ...bill,
      attempts: bill.attempts.map((each) =>
        each.failure === null ? each : { ...each, failure: worded(each.failure) },
      ),
    },
  });
  return {
    models: () => relay.models(),
    countTokens(model, ask) {
      const found = relay.countTokens(model, ask);
      return "failure" in found ? { failure: worded(found.failure) } : found;
    },
    ask(request, listener, signal) {
      const heard: typeof listener = {
        begin: (beginning) => listener.begin(beginning),
        part: (part) => listener.part(part),
        busy: () => listener.busy(),
        end: (end) => listener.end(end.state === "failed" ? { ...end, ...wordedEnd(end) } : end),
      };
      return relay.ask(request, heard, signal);
    },
  };
}
