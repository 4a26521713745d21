/** Whether completions are on in a language: the language's own word, else that of all others (`*`), else on. */
export function isLanguageOn(languages: Readonly<Record<string, boolean>>, languageId: string): boolean {
  if (Object.hasOwn(languages, languageId)) return languages[languageId] === true;
  return languages["*"] !== false;
}
