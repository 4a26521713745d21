/** What a parser tells, as far as decisions need it. The parsers are in `server/syntax/`. */

export interface SyntaxErrors {
  /** Nodes that do not fit the grammar, and tokens that are missing. */
  count: number;
  /** Of the first one, from 1; null when there is none. */
  firstLine: number | null;
}

/** Where in the syntax a cursor stands. */
export interface SyntaxPlace {
  kind:
    | "comment"
    | "string"
    | "import"
    /** among the arguments or parameters of a call, an index, a literal */
    | "argument"
    /** in a body that has no statement yet */
    | "empty-body"
    /** where a statement or member begins */
    | "statement"
    /** among the children of an element */
    | "markup"
    /** in the middle of an expression */
    | "expression";
  /** Blocks around it. */
  depth: number;
}

export interface Parser {
  /** At most 50 kB; linear in the text. */
  errors(text: string): SyntaxErrors;
  placeAt(text: string, offset: number): SyntaxPlace | null;
}

export interface Syntax {
  /** The parser if it is loaded, else null. */
  ready(languageId: string): Parser | null;
  /** Loads it if need be; null for a language without a grammar, and when loading failed. Never rejects. */
  load(languageId: string): Promise<Parser | null>;
}
