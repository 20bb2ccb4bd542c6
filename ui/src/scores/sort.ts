import type { ShownCandidate } from '../candidate';
import type { DraftedQuery, DraftedView } from '../contract';

/** Sort keys of the table. `final` is the program's order. */
export type SortKey = DraftedQuery | 'final' | 'similarity' | 'vector_rank' | 'bm25' | 'lexical_rank' | 'fused_rank' | 'logit' | 'sigmoid' | 'rerank_rank' | 'read' | 'move';

export interface Sorting {
	key: SortKey;
	/** Worst first instead of best first. */
	reversed: boolean;
}

export const finalOrder: Sorting = { key: 'final', reversed: false };

/** Sort value per key, larger is better; ranks are negated. */
const goodness: Record<Exclude<SortKey, 'final'>, (row: ShownCandidate) => number | null> = {
	similarity: (row) => row.vector?.similarity ?? null,
	vector_rank: (row) => less(row.vector?.rank),
	bm25: (row) => row.lexical?.score ?? null,
	lexical_rank: (row) => less(row.lexical?.rank),
	hypothetical: (row) => less(draftedBy(row, 'hypothetical')?.rank),
	variant_1: (row) => less(draftedBy(row, 'variant_1')?.rank),
	variant_2: (row) => less(draftedBy(row, 'variant_2')?.rank),
	variant_3: (row) => less(draftedBy(row, 'variant_3')?.rank),
	fused_rank: (row) => less(row.fused?.rank),
	logit: (row) => row.rerank?.logit ?? null,
	sigmoid: (row) => row.rerank?.probability ?? null,
	rerank_rank: (row) => less(row.rerank?.rank),
	read: (row) => row.rerank?.tokens_read ?? null,
	move: (row) => (row.fused && row.rerank ? row.fused.rank - row.rerank.rank : null),
};

const queries: readonly DraftedQuery[] = ['hypothetical', 'variant_1', 'variant_2', 'variant_3'];

/** The drafted queries that found any of the rows; each has a column. */
export function draftedQueries(rows: readonly ShownCandidate[]): DraftedQuery[] {
	return queries.filter((query) => rows.some((row) => draftedBy(row, query)));
}

/** How a drafted query found a row, if it did. */
export function draftedBy(row: ShownCandidate, query: DraftedQuery): DraftedView | undefined {
	return row.drafted?.find((score) => score.query === query);
}

/** The rows, best first or reversed. Rows without that score come last in both directions. Ties keep the final order. */
export function sorted(rows: ShownCandidate[], { key, reversed }: Sorting): ShownCandidate[] {
	if (key === 'final') return reversed ? [...rows].reverse() : rows;
	const good = goodness[key];
	return [...rows].sort((a, b) => {
		const [left, right] = [good(a), good(b)];
		if (left === null || right === null) return Number(left === null) - Number(right === null);
		return reversed ? left - right : right - left;
	});
}

/** The sorting after a press: best first, then reversed, then the final order. */
export function pressed(now: Sorting, key: SortKey): Sorting {
	if (key === 'final' || now.key !== key) return { key, reversed: false };
	return now.reversed ? finalOrder : { key, reversed: true };
}

function less(rank: number | undefined): number | null {
	return rank === undefined ? null : -rank;
}
