import type { FeatureName } from "./feature-table.ts";

/**
 * What each feature does to the log-odds that an answer is right: of the cheap tier and of the frontier. Set by hand from
 * what editors are asked; the names and the shape stay when trained numbers take their place. A feature that takes more
 * from `cheap` than from `frontier` speaks for the frontier: that difference is its weight in a reason.
 */
export const weights: Readonly<Record<FeatureName, { cheap: number; frontier: number }>> = {
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
  hardCode: { cheap: -1.1, frontier: -0.3 },

  turn: { cheap: -0.3, frontier: -0.1 },
  failedTurns: { cheap: -1.6, frontier: -0.6 },
  sameAgain: { cheap: -1.7, frontier: -0.5 },
  followUp: { cheap: 0.2, frontier: 0.2 },
  stayFrontier: { cheap: -2.2, frontier: -0.4 },
  social: { cheap: 2.5, frontier: 1.0 },
};

/** Log-odds of a right answer to a question of which nothing is known: .85 and .93. */
export const baseline = { cheap: 1.75, frontier: 2.6 } as const;
