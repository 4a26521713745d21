import { readFileSync, statfsSync, statSync } from "node:fs";
import { platform } from "node:os";

/**
 * The kind of network drive that a folder lies on, as a person knows it, or null: a drive of this machine, or one that
 * cannot be told. SQLite's write-ahead log needs memory that all processes share, which two machines do not.
 */
export function networkDriveOf(directory: string): string | null {
  if (platform() === "win32") return directory.startsWith("\\\\") ? "a network share" : null;
  // Elsewhere the numbers mean something else.
  if (platform() !== "linux") return null;
  try {
    const { type } = statfsSync(directory);
    const { dev } = statSync(directory, { bigint: true });
    return driveOfType(type, () => mountedAs(readFileSync("/proc/self/mountinfo", "utf8"), dev));
  } catch {
    return null; // The folder is not there, or the system does not tell: whatever is wrong is said when the file is opened.
  }
}

// The magic numbers of statfs(2) and linux/magic.h.
const drives = new Map([
  [0x6969, "NFS"],
  [0x517b, "SMB"],
  [0xff534d42, "SMB"],
  [0xfe534d42, "SMB"],
  [0x5346414f, "AFS"],
  [0x73757245, "Coda"],
  [0x00c36400, "Ceph"],
  [0x0bd00bd0, "Lustre"],
  [0x47504653, "GPFS"],
]);
const FUSE = 0x65735546;
/** Of the many file systems in user space most are local, such as a container's own; these are not. */
const remoteFuse = /^fuse\.(sshfs|rclone|s3fs|gcsfuse|goofys|glusterfs|curlftpfs|davfs|gvfsd|google-drive|onedriver)/;

/** `fuseKind` names the file system in user space, for example `fuse.sshfs`, or null; asked only where it is one. */
export function driveOfType(type: number, fuseKind: () => string | null): string | null {
  // Some systems hand the number over with its sign.
  const magic = Number(BigInt.asUintN(32, BigInt(type)));
  if (magic !== FUSE) return drives.get(magic) ?? null;
  return remoteFuse.exec(fuseKind() ?? "")?.[1] ?? null;
}

/** The file system of a device, from the lines of /proc/self/mountinfo: "… major:minor … - type source options". */
export function mountedAs(mountinfo: string, device: bigint): string | null {
  // As the C library packs the two numbers into one.
  const major = ((device >> 8n) & 0xfffn) | ((device >> 32n) & ~0xfffn);
  const minor = (device & 0xffn) | ((device >> 12n) & ~0xffn & 0xffffffffn);
  const line = mountinfo.split("\n").find((each) => each.split(" ")[2] === `${major}:${minor}`);
  return line?.split(" - ")[1]?.split(" ")[0] ?? null;
}
