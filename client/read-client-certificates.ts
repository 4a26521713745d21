import { type CertificateFiles, lockedFile, readCertificateFiles } from "../shared/network-files.ts";
import { wholePath } from "./read-extra-ca.ts";

/** The certificates that the setting names, as the server shows them to hosts that ask, and what is wrong with its rows. */
export function readClientCertificates(
  written: unknown,
  files: Omit<CertificateFiles, "wholePath">,
): ReturnType<typeof readCertificateFiles> {
  return readCertificateFiles(written, { ...files, wholePath });
}

/** The file of a row that a passphrase may lock, as a whole path; null where the row or the path cannot be read. */
export function lockedFileOf(row: unknown): string | null {
  const written = lockedFile(row);
  return written === null ? null : wholePath(written);
}
