/** A panel that hangs on a button: opens below or above it, closes on Escape, on a click elsewhere and when focus leaves. */
export interface Popover {
  open(): void;
  close(focus: "back-to-button" | "leave-focus"): void;
  isOpen(): boolean;
}

export function popover(button: HTMLButtonElement, panel: HTMLElement, opened: () => void): Popover {
  panel.hidden = true;
  button.setAttribute("aria-expanded", "false");

  const isOpen = () => !panel.hidden;
  const close = (focus: "back-to-button" | "leave-focus") => {
    if (panel.hidden) return;
    panel.hidden = true;
    button.setAttribute("aria-expanded", "false");
    document.removeEventListener("pointerdown", onPointer, true);
    if (focus === "back-to-button") button.focus();
  };
  const within = (target: EventTarget | null) =>
    target instanceof Node && (panel.contains(target) || button.contains(target));
  const onPointer = (event: Event) => {
    if (!within(event.target)) close("leave-focus");
  };
  const open = () => {
    panel.hidden = false;
    button.setAttribute("aria-expanded", "true");
    document.addEventListener("pointerdown", onPointer, true);
    opened();
  };

  button.addEventListener("click", () => (isOpen() ? close("leave-focus") : open()));
  panel.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    event.stopPropagation();
    close("back-to-button");
  });
  panel.addEventListener("focusout", (event) => {
    // No new focus: the window itself lost it, or a focused row was just removed. Neither is leaving.
    if (event.relatedTarget !== null && !within(event.relatedTarget)) close("leave-focus");
  });
  return { open, close, isOpen };
}
