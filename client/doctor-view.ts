import * as vscode from "vscode";
import type { DoctorRow, Way } from "../shared/doctor.ts";
import { formatNeedUsd } from "../shared/money.ts";
import { setupOf } from "./chat-view.ts";
import { type Configuration, openSetting } from "./configuration.ts";
import { hostRows } from "./doctor-rows.ts";
import { createDoctorRun, type DoctorRun, type DoctorRunDeps } from "./doctor-run.ts";
import { type EditorPage, onePage, openEditorPage } from "./editor-page.ts";
import type { OtherProviders } from "./other-providers.ts";
import type { ServerProcess } from "./server-process.ts";
import { type DoctorPageState, type FromDoctor, fromDoctorSchema, type ToDoctor } from "./webview/doctor-messages.ts";
import { doctorContent } from "./webview/page-html.ts";

export interface DoctorDeps extends Pick<DoctorRunDeps, "newCancellation" | "redact"> {
  extensionUri: vscode.Uri;
  server: DoctorRunDeps["server"] & DoctorViewDeps["server"];
  configuration: Pick<Configuration, "read" | "isSetUp" | "onChange">;
  others: Pick<OtherProviders, "present" | "yieldsTo">;
  extensionVersion: string;
  hostLabel: string;
  log(message: string): void;
}

/** The command with its page; what was found last is there when the page is closed, too. */
export function registerDoctor(deps: DoctorDeps): vscode.Disposable & Pick<DoctorRun, "rows"> {
  const { configuration, others, extensionVersion, hostLabel } = deps;
  const doctor = createDoctorRun({
    ...deps,
    isSetUp: configuration.isSetUp,
    hostRows: (server) =>
      hostRows({
        ...{ extensionVersion, hostLabel, server },
        editor: `${vscode.env.appName} ${vscode.version}`,
        node: process.versions.node,
        platform: `${process.platform} ${process.arch}`,
        trusted: vscode.workspace.isTrusted,
        ignored: configuration.read().problems,
        others: { present: others.present(), yieldsTo: others.yieldsTo() },
      }),
  });
  const view = registerDoctorView({ ...deps, doctor });
  return { rows: doctor.rows, dispose: () => void view.dispose() };
}

export interface DoctorViewDeps {
  extensionUri: vscode.Uri;
  server: Pick<ServerProcess, "state" | "onState">;
  configuration: Pick<Configuration, "read" | "onChange">;
  doctor: DoctorRun;
  log(message: string): void;
}

/**
 * "Wayfare: Doctor": a page in the editor area that checks the providers, the books and what is around them, row by row,
 * and says what to do. It begins by itself when it is opened; what it found is kept when it is closed. What costs is asked
 * first, with the most it can cost.
 */
export function registerDoctorView(deps: DoctorViewDeps): vscode.Disposable {
  const page = onePage((onClosed) => openDoctor(deps, onClosed));
  return vscode.Disposable.from(vscode.commands.registerCommand("wayfare.doctor", page.show), page);
}

function openDoctor(deps: DoctorViewDeps, onClosed: () => void): EditorPage<ToDoctor> {
  const { server, configuration, doctor } = deps;
  let hasBegun = false;
  const show = (): void => {
    const state: DoctorPageState = {
      setup: setupOf(configuration),
      connection: server.state === "idle" ? "starting" : server.state,
      problem: doctor.problem(),
      rows: doctor.rows(),
      run: doctor.state(),
    };
    page.post({ type: "state", state });
  };
  const find = (id: string): DoctorRow | undefined => doctor.rows().find((row) => row.id === id);
  const receive = async (message: FromDoctor): Promise<void> => {
    switch (message.type) {
      case "ready":
        show();
        if (page.isActive) page.post({ type: "focus" });
        // A page that comes back into sight is made anew, and shows what it showed.
        if (hasBegun) return;
        hasBegun = true;
        return doctor.run(null);
      case "run":
        return doctor.run(message.only);
      case "stop":
        return doctor.stop();
      case "pay": {
        const row = find(message.id);
        if (row?.offer === undefined || !(await mayAsk(row.offer))) return;
        return doctor.run(row.id, row.offer.boundNano);
      }
      case "way": {
        const way = find(message.id)?.ways[message.at];
        if (way !== undefined) await take(way);
        return;
      }
      case "command":
        await vscode.commands.executeCommand(`wayfare.${message.command}`);
    }
  };
  const page = openEditorPage<FromDoctor, ToDoctor>({
    extensionUri: deps.extensionUri,
    name: "doctor",
    content: doctorContent,
    messages: fromDoctorSchema,
    receive,
    onInSight(isInSight) {
      if (isInSight) show();
    },
    onClosed() {
      doctor.stop();
      for (const subscription of subscriptions) subscription.dispose();
      onClosed();
    },
    log: deps.log,
  });
  const subscriptions = [doctor.onChange(show), server.onState(show), configuration.onChange(show)];
  return page;
}

/** What costs nothing needs no question. */
async function mayAsk({ providerId, modelId, boundNano }: NonNullable<DoctorRow["offer"]>): Promise<boolean> {
  if (boundNano === 0) return true;
  const ask = "Ask It";
  const answer = await vscode.window.showWarningMessage(
    `Ask ${providerId}/${modelId} for one word, for at most ${formatNeedUsd(boundNano)}?`,
    {
      modal: true,
      detail: "It is a question as any other: under your caps, held before it is sent, and in the books.",
    },
    ask,
  );
  return answer === ask;
}

async function take(way: Way): Promise<void> {
  switch (way.kind) {
    case "setting":
      return openSetting(way.setting);
    case "link":
      if (way.url.startsWith("https://")) await vscode.env.openExternal(vscode.Uri.parse(way.url, true));
      return;
    case "command": {
      const isEditors = way.command === "manageTrust";
      await vscode.commands.executeCommand(isEditors ? "workbench.trust.manage" : `wayfare.${way.command}`);
    }
  }
}
