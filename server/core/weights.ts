import type { FeatureName } from "./feature-table.ts";

/** What something does to the log-odds that an answer is right: of the cheap tier and of the frontier. */
export interface TierWeights {
  cheap: number;
  frontier: number;
}

/**
 * The two heads for requests from the editor: the log-odds of a right answer to a question of which nothing is known, and
 * what each feature does to them. A feature that takes more from `cheap` than from `frontier` speaks for the frontier: that
 * difference is its weight in a reason.
 */
export interface EditorWeights {
  baseline: TierWeights;
  features: Readonly<Record<FeatureName, TierWeights>>;
}

/** Set by hand from what editors are asked: where training begins, and what is used when the trained ones cannot be read. */
const features: Readonly<Record<FeatureName, TierWeights>> = {
  isRename: { cheap: 1.6, frontier: 1.0 },
  isDocument: { cheap: 1.5, frontier: 0.9 },
  isFormat: { cheap: 1.5, frontier: 0.9 },
  isExplain: { cheap: 0.9, frontier: 0.5 },
  isDefine: { cheap: 1.2, frontier: 0.7 },
  isHowto: { cheap: 1.0, frontier: 0.5 },
  isMessage: { cheap: 1.6, frontier: 0.9 },
  isPattern: { cheap: 1.0, frontier: 0.5 },
  isTest: { cheap: 0.5, frontier: 0.2 },
  isConvert: { cheap: 0.9, frontier: 0.5 },
  isFix: { cheap: 0.1, frontier: 0 },
  isWrite: { cheap: 0.4, frontier: 0.2 },
  isEdit: { cheap: 0.5, frontier: 0.25 },
  isImplement: { cheap: -0.4, frontier: -0.1 },
  isRefactor: { cheap: -0.45, frontier: -0.05 },
  isDesign: { cheap: -1.4, frontier: -0.4 },
  isReview: { cheap: -0.6, frontier: -0.2 },
  isOptimize: { cheap: -0.7, frontier: -0.2 },
  isProve: { cheap: -1.7, frontier: -0.6 },
  isMigrate: { cheap: -1.1, frontier: -0.4 },
  isInvestigate: { cheap: -0.3, frontier: -0.1 },

  concurrency: { cheap: -1.7, frontier: -0.5 },
  distributed: { cheap: -1.4, frontier: -0.5 },
  security: { cheap: -1.3, frontier: -0.4 },
  performance: { cheap: -0.7, frontier: -0.2 },
  types: { cheap: -1.0, frontier: -0.3 },
  memory: { cheap: -1.2, frontier: -0.4 },
  algorithm: { cheap: -1.4, frontier: -0.5 },
  numerical: { cheap: -1.1, frontier: -0.4 },
  expert: { cheap: -1.1, frontier: -0.3 },
  topics: { cheap: -0.5, frontier: -0.2 },
  proof: { cheap: -1.2, frontier: -0.5 },
  designWords: { cheap: -0.7, frontier: -0.2 },

  symptom: { cheap: -1.6, frontier: -0.6 },
  mishap: { cheap: -0.9, frontier: -0.3 },
  signs: { cheap: -1.7, frontier: -0.6 },
  diagnosis: { cheap: -0.7, frontier: -0.2 },
  wide: { cheap: -1.5, frontier: -0.5 },
  demanding: { cheap: -1.2, frontier: -0.3 },
  bounds: { cheap: -1.3, frontier: -0.5 },
  small: { cheap: 0.6, frontier: 0.3 },
  light: { cheap: 0.6, frontier: 0.3 },
  beginner: { cheap: 0.8, frontier: 0.4 },
  harder: { cheap: -1.6, frontier: -0.1 },
  quicker: { cheap: 0.7, frontier: 0.3 },

  narrative: { cheap: -0.5, frontier: -0.1 },
  brief: { cheap: 0.4, frontier: 0.3 },
  proseLength: { cheap: -1.4, frontier: -0.4 },
  asks: { cheap: -0.9, frontier: -0.3 },
  listItems: { cheap: -0.8, frontier: -0.2 },
  filesNamed: { cheap: -1.0, frontier: -0.3 },
  codeShare: { cheap: 0.2, frontier: 0.2 },
  stackTrace: { cheap: -0.4, frontier: -0.1 },
  errorNamed: { cheap: -0.1, frontier: 0 },

  selectionSmall: { cheap: 0.5, frontier: 0.3 },
  selectionLarge: { cheap: -0.8, frontier: -0.3 },
  noContext: { cheap: 0.1, frontier: 0.1 },
  filesAttached: { cheap: -1.4, frontier: -0.4 },
  languages: { cheap: -0.3, frontier: -0.1 },
  problems: { cheap: -0.5, frontier: -0.1 },
  problemFiles: { cheap: -1.2, frontier: -0.3 },
  concurrentCode: { cheap: -1.5, frontier: -0.45 },
  rawMemoryCode: { cheap: -1.5, frontier: -0.45 },
  secretCode: { cheap: -1.5, frontier: -0.45 },
  calendarCode: { cheap: -1.5, frontier: -0.45 },
  amountCode: { cheap: -1.5, frontier: -0.45 },
  storedCode: { cheap: -1.5, frontier: -0.45 },
  spreadCode: { cheap: -1.5, frontier: -0.45 },
  typeLevelCode: { cheap: -1.5, frontier: -0.45 },
  riskyTest: { cheap: -1.2, frontier: -0.36 },
  riskyMessage: { cheap: -2.4, frontier: -0.72 },
  riskyChange: { cheap: -1.2, frontier: -0.36 },
  codeLines: { cheap: -0.45, frontier: -0.135 },
  longCode: { cheap: -0.8, frontier: -0.2 },
  seenTrouble: { cheap: 0.8, frontier: 0.2 },
  diffLines: { cheap: -1.5, frontier: -0.45 },
  hardCode: { cheap: -1.1, frontier: -0.3 },

  turn: { cheap: -0.3, frontier: -0.1 },
  failedTurns: { cheap: -1.6, frontier: -0.6 },
  sameAgain: { cheap: -1.7, frontier: -0.5 },
  followUp: { cheap: 0.2, frontier: 0.2 },
  stayFrontier: { cheap: -2.2, frontier: -0.4 },
  social: { cheap: 2.5, frontier: 1.0 },
};

/** Of a question of which nothing is known, .85 and .93 are right. */
export const handWeights: EditorWeights = { baseline: { cheap: 1.75, frontier: 2.6 }, features };
