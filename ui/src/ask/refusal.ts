import type { AnswerView } from '../contract';

/** Words of a refusal in the language of the screen. */
export interface RefusalWords {
	nothing: string;
	belowCut: (n: number) => string;
	unnamed: (names: readonly string[]) => string;
	unlike: string;
}

/**
 * Why nothing was answered. The engine writes it in the language of the question; the screen says it in its own. A passage that was
 * kept means that the question names something, a code or a year, which no passage does.
 */
export function refusalText({ unnamed = [] }: Pick<AnswerView, 'unnamed'>, candidates: readonly { outcome: string }[], words: RefusalWords): string {
	if (candidates.length === 0) return words.nothing;
	if (!candidates.some((row) => row.outcome === 'kept')) return words.belowCut(candidates.length);
	return unnamed.length > 0 ? words.unnamed(unnamed) : words.unlike;
}
