import type { QuestionRow } from '../contract';

/** Number of questions that reranking improved, worsened and left equal, against the fused order. */
export function tally(questions: readonly QuestionRow[]): { up: number; down: number; same: number } {
	const gain = (row: QuestionRow) => row.reranked - row.hybrid;
	const up = questions.filter((row) => gain(row) > 1e-9).length;
	const down = questions.filter((row) => gain(row) < -1e-9).length;
	return { up, down, same: questions.length - up - down };
}
