import type { CandidateRow, Outcome } from './contract';

/** An outcome on screen; `pending` until the program has decided all outcomes. */
export type ShownOutcome = Outcome | 'pending';

/** A candidate on screen. */
export type ShownCandidate = Omit<CandidateRow, 'outcome'> & { outcome: ShownOutcome };
