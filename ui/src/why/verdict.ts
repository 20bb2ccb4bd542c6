import type { WhyReply, WhyStage } from '../contract';
import { fixed, shown, sigmoid } from '../shared/format';

/** The numbers and names of a case, as its verdict says them. */
export interface Facts {
	/** Place in the order that cut the text. */
	place: string;
	/** How many go on there. */
	limit: string;
	/** Candidates of each search with which the text would be one; null if no number helps. */
	needed: string | null;
	/** What is compared with the threshold. */
	value: string;
	threshold: string;
	/** The file that holds the text. */
	name: string;
	/** The file of the passage that the text is a copy of. */
	original: string;
}

const number = (value: number | null | undefined) => (value ?? 0).toLocaleString('en');

/** The facts of a reply. */
export function facts(reply: WhyReply): Facts {
	const at = (name: WhyStage['name']) => reply.stages.find((stage) => stage.name === name);
	const searches = [at('vector'), at('lexical')];
	const pool = searches.find((stage) => stage?.limit != null)?.limit ?? 0;
	const best = Math.min(...searches.map((stage) => stage?.rank ?? Infinity));
	const deciding = reply.outcome === 'not_in_pool' ? { rank: null, limit: pool } : reply.outcome === 'not_reranked' ? { rank: at('fold')?.rank ?? at('fused')?.rank, limit: at('rerank')?.limit } : at('kept');
	const probability = at('rerank')?.probability;
	return {
		place: number(deciding?.rank),
		limit: number(deciding?.limit),
		needed: best > pool && best < Infinity ? number(best) : null,
		value: probability == null ? fixed(at('vector')?.score ?? 0, 3) : sigmoid(probability),
		threshold: String(at('kept')?.threshold ?? ''),
		name: shown(reply.passage?.name ?? ''),
		original: shown(reply.duplicate_of?.name ?? ''),
	};
}
