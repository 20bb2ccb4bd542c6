import type { ShownCandidate, ShownOutcome } from '../candidate';

/** The logit whose sigmoid is this value; minus or plus infinity for 0 or 1. */
export function logitOf(probability: number): number {
	return Math.log(probability / (1 - probability));
}

export function sigmoidOf(logit: number): number {
	return 1 / (1 + Math.exp(-logit));
}

const within = (probability: number) => Math.max(0.001, Math.min(0.999, probability));

/** The cut at a logit, to three decimals, between 0.001 and 0.999. */
export function cutAt(logit: number): number {
	return Math.round(within(sigmoidOf(logit)) * 1000) / 1000;
}

/** The cut after a key of a slider: an arrow moves it by a tenth of a logit, a page key by one; null for other keys. */
export function movedCut(cut: number, key: string): number | null {
	const along = new Map([['ArrowLeft', -0.1], ['ArrowDown', -0.1], ['ArrowRight', 0.1], ['ArrowUp', 0.1], ['PageDown', -1], ['PageUp', 1]]).get(key);
	return along === undefined ? null : within(sigmoidOf(logitOf(within(cut)) + along));
}

/**
 * The chunks that a cut on the rerank sigmoid would keep, by the program's rule: in rerank order, without
 * duplicates, the best `keep` at or above the cut.
 */
export function wouldKeep(candidates: ShownCandidate[], cut: number, keep: number): Set<string> {
	const order = candidates
		.flatMap((row) => (row.rerank && row.outcome !== 'duplicate' ? [{ chunk: row.chunk, rerank: row.rerank }] : []))
		.sort((a, b) => a.rerank.rank - b.rerank.rank);
	return new Set(order.filter(({ rerank }) => rerank.probability >= cut).slice(0, keep).map(({ chunk }) => chunk));
}

/** The logits just above and below a cut, and the gap between them. */
export function margin(candidates: ShownCandidate[], cut: number): { above: number; below: number; gap: number } | null {
	const logits = candidates.flatMap((row) => (row.rerank ? [{ logit: row.rerank.logit, over: row.rerank.probability >= cut }] : []));
	const above = Math.min(...logits.filter(({ over }) => over).map(({ logit }) => logit));
	const below = Math.max(...logits.filter(({ over }) => !over).map(({ logit }) => logit));
	return Number.isFinite(above) && Number.isFinite(below) ? { above, below, gap: above - below } : null;
}

export interface Dot {
	row: ShownCandidate;
	logit: number;
	/** Number of dots below it. */
	level: number;
}

/** Stacks the dots of one column, so that no passage hides another. */
export function stacked(candidates: ShownCandidate[], column: (logit: number) => number): Dot[] {
	const levels = new Map<number, number>();
	return candidates
		.flatMap((row) => (row.rerank ? [{ row, logit: row.rerank.logit }] : []))
		.sort((a, b) => b.logit - a.logit)
		.map(({ row, logit }) => {
			const place = column(logit);
			const level = levels.get(place) ?? 0;
			levels.set(place, level + 1);
			return { row, logit, level };
		});
}

/** Filter of the candidate table. */
export interface Sieve {
	words: string;
	hidden: ReadonlySet<ShownOutcome>;
}

export function sieved(candidates: ShownCandidate[], { words, hidden }: Sieve): ShownCandidate[] {
	const wanted = words.trim().toLocaleLowerCase();
	return candidates.filter((row) => {
		if (hidden.has(row.outcome)) return false;
		return wanted === '' || `${row.name} ${row.heading ?? ''} ${row.text}`.toLocaleLowerCase().includes(wanted);
	});
}
