import type { ShownCandidate } from '../candidate';
import { csv } from '../shared/csv';
import { exact } from '../shared/format';
import { draftedBy, draftedQueries } from './sort';

const head = [
	'place',
	'outcome',
	'document',
	'page',
	'heading',
	'chunk',
	'vector_similarity',
	'vector_rank',
	'lexical_bm25',
	'lexical_rank',
	'fused_score',
	'fused_rank',
	'rerank_logit',
	'rerank_sigmoid',
	'rerank_rank',
	'tokens_read',
	'tokens_total',
	'text',
];

/** Ranks of drafted queries are columns at the end, where there are any. */
function titles(rows: ShownCandidate[]): string[] {
	return [...head, ...draftedQueries(rows).map((query) => `${query}_rank`)];
}

function cells(rows: ShownCandidate[]): string[][] {
	const drafted = draftedQueries(rows);
	return rows.map((row, at) => [
			String(at + 1),
			row.outcome,
			row.name,
			exact(row.page),
			row.heading ?? '',
			row.chunk,
			exact(row.vector?.similarity),
			exact(row.vector?.rank),
			exact(row.lexical?.score),
			exact(row.lexical?.rank),
			exact(row.fused?.score),
			exact(row.fused?.rank),
			exact(row.rerank?.logit),
			exact(row.rerank?.probability),
			exact(row.rerank?.rank),
			exact(row.rerank?.tokens_read),
			exact(row.rerank?.tokens_total),
			row.text,
			...drafted.map((query) => exact(draftedBy(row, query)?.rank)),
		]);
}

/** All rows with exact values, tab-separated; an absent score is an empty cell. */
export function asTsv(rows: ShownCandidate[]): string {
	const lines = cells(rows).map((line) => line.map((cell) => cell.replace(/\s+/g, ' ')).join('\t'));
	return [titles(rows).join('\t'), ...lines].join('\n');
}

/** All rows as CSV with exact values. */
export function asCsv(rows: ShownCandidate[]): string {
	return csv([titles(rows), ...cells(rows)]);
}
