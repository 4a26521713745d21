/**
 * What the extension's own bundle holds in place of `vscode-languageserver-protocol`: a message is its name here, and
 * `connect-server.ts`, a bundle of its own with the language client in it, sends it by that name. The real package is a
 * quarter of what VS Code would otherwise read at every start. `esbuild.mjs` puts this file in its place.
 */
export class ProtocolRequestType {
  readonly method: string;
  constructor(method: string) {
    this.method = method;
  }
}

export class ProtocolNotificationType {
  readonly method: string;
  constructor(method: string) {
    this.method = method;
  }
}
