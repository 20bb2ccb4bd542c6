import type { ShownCandidate } from '../candidate';
import type { CandidateRow, ScoredRow } from '../contract';

/** Candidates after retrieval, all outcomes pending. */
export function retrieved(candidates: CandidateRow[]): ShownCandidate[] {
	return candidates.map((row) => ({ ...row, outcome: 'pending' }));
}

/**
 * The candidates with a batch of new scores: scored ones first, by logit, the rest in their previous order.
 * Candidates of the second reranker precede those of the first alone: logits of two models are never compared.
 * Ranks are recomputed, because a later batch can insert candidates between earlier ones.
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
