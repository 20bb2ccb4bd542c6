import type { CandidateRow, Outcome } from './contract';

/** An outcome on screen. Until the program has decided all outcomes, they are pending. */
export type ShownOutcome = Outcome | 'pending';

/** A candidate on screen. */
export type ShownCandidate = Omit<CandidateRow, 'outcome'> & { outcome: ShownOutcome };
