/** The name that was most likely meant by a misspelt one, or null when none is near: a third of its letters may be wrong. */
export function closestName<Name extends string>(written: string, names: readonly Name[]): Name | null {
  let closest: Name | null = null;
  let least = Math.floor(written.length / 3) + 1;
  // Nobody misspells a name by so much; the table below grows with the length.
  if (written.length > 100) return null;
  for (const name of names) {
    const steps = stepsBetween(written.toLowerCase(), name.toLowerCase());
    if (steps >= least) continue;
    least = steps;
    closest = name;
  }
  return closest;
}

/** Levenshtein's distance: letters that are added, left out or changed. */
function stepsBetween(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (const [index, letter] of [...from].entries()) {
    const next = [index + 1];
    for (let at = 0; at < to.length; at += 1) {
      const changed = (row[at] ?? 0) + (to[at] === letter ? 0 : 1);
      next.push(Math.min(changed, (row[at + 1] ?? 0) + 1, (next[at] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
