/** How near the bottom still counts as being there. */
const NEAR_PX = 24;

/**
 * Keeps a growing column scrolled to its end until the person scrolls up, and again once they come back to the end.
 * Only a scroll that went up counts as leaving: growth alone also makes the end move away.
 */
export function stickToBottom(
  scroller: HTMLElement,
  changed: (stuck: boolean) => void,
): { follow(): void; toBottom(): void } {
  let stuck = true;
  let lastTop = 0;

  const set = (next: boolean) => {
    if (stuck === next) return;
    stuck = next;
    changed(stuck);
  };
  scroller.addEventListener("scroll", () => {
    const { scrollTop, scrollHeight, clientHeight } = scroller;
    if (scrollHeight - scrollTop - clientHeight <= NEAR_PX) set(true);
    else if (scrollTop < lastTop) set(false);
    lastTop = scrollTop;
  });
  const toBottom = () => {
    scroller.scrollTop = scroller.scrollHeight;
    lastTop = scroller.scrollTop;
    set(true);
  };
  return {
    follow() {
      if (stuck) toBottom();
    },
    toBottom,
  };
}
