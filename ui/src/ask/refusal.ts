import type { AnswerView } from '../contract';

/** Words of a refusal in the language of the screen. */
export interface RefusalWords {
	nothing: string;
	belowCut: (n: number) => string;
	unnamed: (names: string[]) => string;
	unlike: string;
}

/**
 * Why nothing was answered. The engine writes it in the language of the question; the screen says it in its own. A passage that was
 * kept means that the question names something, a code or a year, which no passage does.
 */
export function refusalText(question: string, answer: Pick<AnswerView, 'text'>, candidates: readonly { outcome: string }[], words: RefusalWords): string {
	if (candidates.length === 0) return words.nothing;
	if (!candidates.some((row) => row.outcome === 'kept')) return words.belowCut(candidates.length);
	const names = [...new Set(question.match(/[A-Za-z0-9][A-Za-z0-9_.-]*/g))].filter((name) => /\d|_/.test(name) && answer.text.includes(`“${name.replace(/[.-]+$/, '')}”`));
	return names.length > 0 ? words.unnamed(names) : words.unlike;
}
