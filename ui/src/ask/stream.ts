import type { ShownCandidate } from '../candidate';
import type { CandidateRow, ScoredRow } from '../contract';

/** The candidates as first retrieved: no outcome is decided yet. */
export function retrieved(candidates: CandidateRow[]): ShownCandidate[] {
	return candidates.map((row) => ({ ...row, outcome: 'pending' }));
}

/**
 * The candidates with a batch of fresh scores: those scored so far by logit, the rest as they were.
 * What a second model read stands before what only the first one read: logits of two models are never compared.
 * A batch's ranks were true when it was sent; a later one may push in between, so they are counted anew.
 */
export function withScores(candidates: ShownCandidate[], scores: ScoredRow[]): ShownCandidate[] {
	const fresh = new Map(scores.map(({ chunk, ...said }) => [chunk, said]));
	const rows = candidates.map((row) => ({ ...row, ...fresh.get(row.chunk) }));
	const scored = rows.filter((row) => row.rerank !== null);
	const byFirstAlone = (row: ShownCandidate) => (row.first_rerank ? 0 : 1);
	scored.sort((a, b) => byFirstAlone(a) - byFirstAlone(b) || (b.rerank?.logit ?? 0) - (a.rerank?.logit ?? 0) || fusedRank(a) - fusedRank(b));
	const ranked = scored.map((row, at) =>
		row.rerank && row.rerank.rank !== at + 1 ? { ...row, rerank: { ...row.rerank, rank: at + 1 } } : row,
	);
	const rest = rows.filter((row) => row.rerank === null).sort((a, b) => fusedRank(a) - fusedRank(b));
	return [...ranked, ...rest];
}

function fusedRank(row: ShownCandidate): number {
	return row.fused?.rank ?? Number.MAX_SAFE_INTEGER;
}
