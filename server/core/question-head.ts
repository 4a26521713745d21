/** Room for it in a list. */
const HEAD_CHARACTERS = 60;

/** What a question is called in a list: its first line without the marks of code, cut between words. */
export function questionHead(question: string): string {
  const line = (question.trim().split(/\r?\n/, 1)[0] ?? "").replaceAll("`", "").replace(/\s+/g, " ").trim();
  if (line.length <= HEAD_CHARACTERS) return line;
  const space = line.lastIndexOf(" ", HEAD_CHARACTERS);
  return `${line.slice(0, space > HEAD_CHARACTERS / 2 ? space : HEAD_CHARACTERS)}…`;
}
