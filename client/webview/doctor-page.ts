import { sumUp } from "../../shared/doctor.ts";
import { doctorJumps } from "./doctor-jumps.ts";
import { doctorList, stateWords } from "./doctor-list.ts";
import type { DoctorPageState, FromDoctor, ToDoctor } from "./doctor-messages.ts";
import { element, focusInPlace, mustFind, textButton } from "./element.ts";
import { emptyState } from "./empty-state.ts";
import { serverNotice } from "./server-notice.ts";

/** The doctor's page. Draws what the host sends and changes what is there in place. Gives the function that takes the host's messages. */
export function doctorPage(post: (message: FromDoctor) => void): (message: ToDoctor) => void {
  const live = mustFind("live");
  const command = (name: Extract<FromDoctor, { type: "command" }>["command"]): void =>
    post({ type: "command", command: name });
  mustFind("head").append(element("h1", { class: "session-name" }, "Doctor"));
  const notice = serverNotice(mustFind("notices"), command);
  const root = mustFind("doctor");
  const empty = emptyState({
    usePlayground: () => command("usePlayground"),
    addProvider: () => command("addProvider"),
    ask: () => undefined,
  });
  let isRunning = false;
  const button = textButton("Check everything again", "primary", () =>
    post(isRunning ? { type: "stop" } : { type: "run", only: null }),
  );
  const copy = textButton("Copy diagnostics", "secondary", () => command("copyDiagnostics"));
  const sum = element("p", { class: "doctor-sum" });
  const progress = element("progress", { "aria-label": "Checking" });
  const head = element(
    "div",
    { class: "doctor-head" },
    element("div", { class: "block-actions" }, button, copy),
    sum,
    element(
      "p",
      { class: "dim explained" },
      "Nothing that costs is asked unless you allow it. Keys and passwords are not shown, and not copied.",
    ),
    progress,
  );
  const list = doctorList(post);
  const jumps = doctorJumps(list.goTo);
  root.append(empty.element, head, jumps.element, list.element);
  let shown: DoctorPageState | null = null;

  const show = (state: DoctorPageState): void => {
    const { rows, setup, run } = state;
    const isEmpty = setup === "nothing";
    isRunning = run !== "none";
    notice.show({ ...state, hasContent: rows.length > 0 });
    if (isEmpty) empty.show("nothing", false);
    empty.element.hidden = !isEmpty;
    const look = isRunning ? "Stop" : "Check everything again";
    if (button.textContent !== look) button.textContent = look;
    const ended = rows.filter(({ state: each }) => each !== "waiting" && each !== "checking").length;
    progress.hidden = run !== "all";
    progress.max = Math.max(1, rows.length);
    progress.value = ended;
    const words = sumUp(rows);
    sum.textContent = run === "all" ? `${ended} of ${rows.length} checked` : words === "" ? "" : `${words}.`;
    jumps.show(rows, run === "all");
    list.show(rows, run === "all");
    const news = newsOf(shown, state);
    if (news !== "") live.textContent = news;
    shown = state;
  };

  post({ type: "ready" });
  return (message) => {
    if (message.type === "state") show(message.state);
    else if (shown?.setup === "nothing") empty.element.querySelector("button")?.focus();
    else if (!document.body.contains(document.activeElement) || document.activeElement === document.body)
      focusInPlace(root);
  };
}

/** What is read out: the end of a run with its sum, or what one row came to. */
function newsOf(before: DoctorPageState | null, now: DoctorPageState): string {
  if (before === null) return "";
  if (before.run === "all" && now.run === "none") return `Checked: ${sumUp(now.rows)}.`;
  if (before.run !== "one") return "";
  const former = new Map(before.rows.map((row) => [row.id, row.state]));
  const ended = now.rows.filter(
    ({ id, state }) => former.get(id) === "checking" && state !== "checking" && state !== "waiting",
  );
  return ended.map(({ title, state, seen }) => `${title}: ${stateWords[state]}. ${seen}`).join(" ");
}
