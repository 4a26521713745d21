import { FailureError, failureOf, isAbort } from "../../shared/failure.ts";
import { presets, resolveBaseUrl } from "../../shared/presets.ts";
import type { FinishLoginResult, StartLoginParams, StartLoginResult } from "../../shared/protocol.ts";
import {
  type DeviceCode,
  type DeviceRequest,
  requestDeviceCode,
  requestDeviceToken,
} from "../providers/device-login.ts";
import type { Http } from "../providers/http.ts";
import { type Clock, sleep } from "./clock.ts";

/** A login in the browser: the vendor gives a code, the person confirms it there, and the vendor gives a key. */
export interface DeviceLogin {
  /** A failure is an answer; only what was cancelled throws. */
  start(params: StartLoginParams, signal: AbortSignal): Promise<StartLoginResult>;
  /** Waits until the code is confirmed, denied or too old. Each login can be waited for once. */
  finish(loginId: string, signal: AbortSignal): Promise<FinishLoginResult>;
}

/** More than these nobody has open; the oldest is then forgotten. */
const MOST_LOGINS = 8;
/** RFC 8628, §3.5: what `slow_down` adds to the pause where no other is named. */
const SLOWER_MS = 5_000;

interface Login {
  code: DeviceCode;
  origin: string;
  label: string;
  /** By `clock.ticks()`. */
  endsMs: number;
}

export function createDeviceLogin(deps: {
  withHttp<Result>(use: (http: Http) => Promise<Result>): Promise<Result>;
  clock: Clock;
  createId(): string;
  /** Hears the key before anybody else, for the redactor of logs. */
  onKey(key: string): void;
}): DeviceLogin {
  const { clock } = deps;
  const logins = new Map<string, Login>();
  return {
    async start({ preset, baseUrl }, signal) {
      try {
        const { label, deviceLogin } = presets[preset];
        const address = resolveBaseUrl({ preset, baseUrl });
        if (!address.ok || deviceLogin !== true) {
          const message = address.ok ? `${label} has no login in the browser. Paste a key.` : address.message;
          throw new FailureError({ kind: "setup", field: "key", message });
        }
        const { origin } = address;
        const code = await deps.withHttp((http) => requestDeviceCode({ http, origin, label, signal }));
        const loginId = deps.createId();
        logins.set(loginId, { code, origin, label, endsMs: clock.ticks() + code.expiresInMs });
        const [oldest] = logins.keys();
        if (logins.size > MOST_LOGINS && oldest !== undefined) logins.delete(oldest);
        return { ok: true, loginId, userCode: code.userCode, page: code.page };
      } catch (error) {
        if (isAbort(error) || signal.aborted) throw error;
        return { ok: false, failure: failureOf(error) };
      }
    },
    async finish(loginId, signal) {
      const login = logins.get(loginId);
      logins.delete(loginId);
      try {
        if (login === undefined) throw tooLate("This login is over. Begin it again.");
        const key = await deps.withHttp((http) => untilGranted(login, { http, ...login, signal }, clock));
        deps.onKey(key);
        return { ok: true, key };
      } catch (error) {
        if (isAbort(error) || signal.aborted) throw error;
        return { ok: false, failure: failureOf(error) };
      }
    },
  };
}

/** Ends with the code's life at the latest. */
async function untilGranted({ code, endsMs, label }: Login, request: DeviceRequest, clock: Clock): Promise<string> {
  let { intervalMs } = code;
  while (clock.ticks() + intervalMs <= endsMs) {
    await sleep(clock, intervalMs, request.signal);
    const answer = await askOnce(request, code.deviceCode);
    if (answer.state === "granted") return answer.key;
    if (answer.state === "slowDown") intervalMs = answer.intervalMs ?? intervalMs + SLOWER_MS;
  }
  throw tooLate(`${label}: the code was not confirmed in time. Try again.`);
}

/** A network that fails while a person reads a page is no end of the login (RFC 8628, §3.5). */
async function askOnce(request: DeviceRequest, deviceCode: string) {
  try {
    return await requestDeviceToken(request, deviceCode);
  } catch (error) {
    const isPassing = error instanceof FailureError && error.failure.kind === "network";
    if (!isPassing) throw error;
    return { state: "slowDown" as const, intervalMs: null };
  }
}

function tooLate(message: string): FailureError {
  return new FailureError({ kind: "setup", field: "key", message });
}
