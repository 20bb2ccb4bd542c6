import type { QuestionRow } from '../contract';

/** Questions that reranking helped, hurt and left as they were, against the fused order. */
export function tally(questions: readonly QuestionRow[]): { up: number; down: number; same: number } {
	const gain = (row: QuestionRow) => row.reranked - row.hybrid;
	const up = questions.filter((row) => gain(row) > 1e-9).length;
	const down = questions.filter((row) => gain(row) < -1e-9).length;
	return { up, down, same: questions.length - up - down };
}
