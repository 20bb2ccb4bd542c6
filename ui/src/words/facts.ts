import type { NoticeFact } from '../contract';

/** One sentence for each fact of a notice, from its names and numbers. */
export type FactWords = { [Name in NoticeFact['fact']]: (fact: Extract<NoticeFact, { fact: Name }>) => string };
