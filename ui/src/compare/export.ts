import type { AskReply } from '../contract';
import { csv } from '../shared/csv';
import { exact } from '../shared/format';
import { pairs, type Standing } from './difference';

const sides = ['a', 'b'] as const;
const scores = ['place', 'outcome', 'vector_similarity', 'vector_rank', 'lexical_bm25', 'lexical_rank', 'fused_score', 'fused_rank', 'rerank_logit', 'rerank_sigmoid'];
const head = ['kept_by', 'document', 'page', 'heading', 'chunk', ...sides.flatMap((side) => scores.map((name) => `${side}_${name}`)), 'text'];

function cells(standing: Standing | null): string[] {
	if (!standing) return scores.map(() => '');
	const { place, row } = standing;
	const { vector, lexical, fused, rerank } = row;
	return [String(place), row.outcome, ...[vector?.similarity, vector?.rank, lexical?.score, lexical?.rank, fused?.score, fused?.rank, rerank?.logit, rerank?.probability].map(exact)];
}

/** Every passage that either set-up found, with the exact scores of both; an absent score is an empty cell. */
export function asCsv(a: AskReply, b: AskReply): string {
	return csv([head, ...pairs(a, b).map(({ row, keptBy, a, b }) => [keptBy, row.name, exact(row.page), row.heading ?? '', row.chunk, ...cells(a), ...cells(b), row.text])]);
}
