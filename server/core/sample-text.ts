/** What is read of a text: the head says what is wanted, the tail how. */
const HEAD_SHARE = 0.7;

/** At most so many characters of a text, head and tail with a line break between; a shorter text is itself. */
export function sampleText(text: string, characters: number): string {
  if (text.length <= characters) return text;
  const head = Math.floor(characters * HEAD_SHARE);
  return `${text.slice(0, head)}\n${text.slice(text.length - (characters - head - 1))}`;
}
