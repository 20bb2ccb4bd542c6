import type { ShownCandidate } from '../candidate';

/** What became of the passage that answers: where it stood after retrieval, and after reranking. */
export type Outcome = { kind: 'up' | 'down'; from: number; to: number } | { kind: 'same'; to: number } | { kind: 'lost' } | { kind: 'unread' };

/** What the installed model made of a near miss, whatever that is. */
export function outcome(candidates: readonly ShownCandidate[], right: RegExp): Outcome {
	const row = candidates.find(({ text }) => right.test(text.replace(/\s+/g, ' ')));
	if (!row?.fused) return { kind: 'lost' };
	if (!row.rerank) return { kind: 'unread' };
	const [from, to] = [row.fused.rank, row.rerank.rank];
	return from === to ? { kind: 'same', to } : { kind: from > to ? 'up' : 'down', from, to };
}
