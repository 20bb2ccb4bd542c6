import type { ShownCandidate } from '../candidate';

/** Rank change of the passage that answers, from retrieval to reranking. */
export type Outcome = { kind: 'up' | 'down'; from: number; to: number } | { kind: 'same'; to: number } | { kind: 'lost' } | { kind: 'unread' };

/** Where the installed model ranks the right passage of a near miss. */
export function outcome(candidates: readonly ShownCandidate[], right: RegExp): Outcome {
	const row = candidates.find(({ text }) => right.test(text.replace(/\s+/g, ' ')));
	if (!row?.fused) return { kind: 'lost' };
	if (!row.rerank) return { kind: 'unread' };
	const [from, to] = [row.fused.rank, row.rerank.rank];
	return from === to ? { kind: 'same', to } : { kind: from > to ? 'up' : 'down', from, to };
}
