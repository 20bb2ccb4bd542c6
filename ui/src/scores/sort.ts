import type { ShownCandidate } from '../candidate';

/** What the table can be sorted by. `final` is the order the program gave. */
export type SortKey = 'final' | 'similarity' | 'vector_rank' | 'bm25' | 'lexical_rank' | 'fused_rank' | 'logit' | 'sigmoid' | 'rerank_rank' | 'read' | 'move';

export interface Sorting {
	key: SortKey;
	/** Best first, unless turned round. */
	reversed: boolean;
}

export const finalOrder: Sorting = { key: 'final', reversed: false };

/** Larger is better for each; ranks therefore count downwards. */
const goodness: Record<Exclude<SortKey, 'final'>, (row: ShownCandidate) => number | null> = {
	similarity: (row) => row.vector?.similarity ?? null,
	vector_rank: (row) => less(row.vector?.rank),
	bm25: (row) => row.lexical?.score ?? null,
	lexical_rank: (row) => less(row.lexical?.rank),
	fused_rank: (row) => less(row.fused?.rank),
	logit: (row) => row.rerank?.logit ?? null,
	sigmoid: (row) => row.rerank?.probability ?? null,
	rerank_rank: (row) => less(row.rerank?.rank),
	read: (row) => row.rerank?.tokens_read ?? null,
	move: (row) => (row.fused && row.rerank ? row.fused.rank - row.rerank.rank : null),
};

/** The rows best first (or turned round); rows without that score stay last either way. Ties keep the final order. */
export function sorted(rows: ShownCandidate[], { key, reversed }: Sorting): ShownCandidate[] {
	if (key === 'final') return reversed ? [...rows].reverse() : rows;
	const good = goodness[key];
	return [...rows].sort((a, b) => {
		const [left, right] = [good(a), good(b)];
		if (left === null || right === null) return Number(left === null) - Number(right === null);
		return reversed ? left - right : right - left;
	});
}

/** A first press sorts best first, a second turns it round, a third goes back to the final order. */
export function pressed(now: Sorting, key: SortKey): Sorting {
	if (key === 'final' || now.key !== key) return { key, reversed: false };
	return now.reversed ? finalOrder : { key, reversed: true };
}

function less(rank: number | undefined): number | null {
	return rank === undefined ? null : -rank;
}
