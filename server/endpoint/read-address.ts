import { badRequest } from "./wire.ts";

/** The address of an image, which is handed on and not looked up here. `field` names it. Throws a WireError. */
export function readAddress(address: string, field: string): string {
  if (!/^https?:/i.test(address)) {
    throw badRequest(field, `${field} has to begin with https: or http:. Send what lies elsewhere itself, in base64.`);
  }
  if (!URL.canParse(address)) throw badRequest(field, `${field} is no address that can be read.`);
  return new URL(address).href;
}
