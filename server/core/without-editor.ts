/**
 * What is to be done, as the endpoint without an editor has to say it: failures and problems are worded for a window of the
 * editor, and name commands that nobody can run here. The same text with the mends that help; everything else as it is.
 */
export function withoutEditor(text: string): string {
  return mends.reduce((said, [editors, ours]) => said.replace(editors, ours), text);
}

const again = "start the endpoint again";
const keys = 'the variable or file that "keys" in the config names';

/** The longer first: a shorter one may be a part of it. */
const mends: readonly (readonly [RegExp, string])[] = [
  // Keys and certificates.
  [
    /Run "Wayfare: Change Key" and enter the key for (the new address|\S+?)\.(?!\w)/g,
    `Put the key for $1 into ${keys}, and ${again}.`,
  ],
  [/run "Wayfare: Change Key" to read the list again/g, `${again} to read the list anew`],
  [/give another key with "Wayfare: Change Key"/g, `put another key into ${keys}, and ${again}`],
  [/give the key by "Wayfare: Change Key"/g, 'say under "keys" in the config where it lies'],
  [/Remove it and run "Wayfare: Change Key"/g, 'Remove it, and say under "keys" in the config where it lies'],
  [/Run "Wayfare: Change Key"/g, `Put another key into ${keys}, and ${again}`],
  [/run "Wayfare: Change Key"/g, `put another key into ${keys}, and ${again}`],
  [
    /Run "Wayfare: Enter Certificate Passphrase"/g,
    `Name a key without a passphrase in wayfare.network.clientCertificates, and ${again}`,
  ],
  // Providers, models and prices.
  [/Run "Wayfare: Add Provider" to have them proposed, or write wayfare\.tiers/g, "Write wayfare.tiers in the config"],
  [/Run "Wayfare: Add Provider"/g, "Add one to wayfare.providers in the config"],
  [/Run "Wayfare: Edit Provider" and switch one on/g, `Take "disabled" from one in wayfare.providers, and ${again}`],
  [/Run "Wayfare: Edit Provider" to switch it on/g, `Take "disabled" from it in wayfare.providers and ${again}`],
  [/in "Wayfare: Routes"/g, "in the editor that shares these books"],
  [
    /Run "Wayfare: Refresh Prices" to see it and to take it/g,
    "Where the new one is right, write it in wayfare.providers",
  ],
  // Caps.
  [/this workspace's (?=\$)/g, "this book's "],
  [/Raise it for today, change (.+?), or use/g, `Write a larger amount in $1 and ${again}, or use`],
  [/Run "Wayfare: Start Anew After a Damaged Ledger"/g, "Start the endpoint again with --accept-losses"],
  [
    /until you choose Start Anew; then they count/g,
    "until the endpoint is started with --accept-losses; then they count",
  ],
  // The token.
  [
    /Run "Wayfare: Show Local Endpoint" to copy it/g,
    'The right one is what stood in the file that "tokenFile" in the config names when the endpoint was started',
  ],
  // Books.
  [
    /this editor's runtime, Node (\S+), has no node:sqlite: update the editor to one that brings/g,
    "Node $1 has no node:sqlite: use",
  ],
  [/close other windows of this editor and ask again/g, "end other programs that use it and ask again"],
  [/Run "Wayfare: Restart Server"/g, "Start the endpoint again"],
  [/reload the window/g, again],
];
