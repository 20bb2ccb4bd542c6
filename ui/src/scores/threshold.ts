import type { ShownCandidate, ShownOutcome } from '../candidate';

/** The logit at which the sigmoid has this value; a cut of 0 or 1 lies beyond every logit. */
export function logitOf(probability: number): number {
	return Math.log(probability / (1 - probability));
}

export function sigmoidOf(logit: number): number {
	return 1 / (1 + Math.exp(-logit));
}

/**
 * The chunks that a cut on the rerank sigmoid would keep, by the program's own rule: in rerank order, duplicates left
 * out, the best `keep` of those at or over the cut.
 */
export function wouldKeep(candidates: ShownCandidate[], cut: number, keep: number): Set<string> {
	const order = candidates
		.flatMap((row) => (row.rerank && row.outcome !== 'duplicate' ? [{ chunk: row.chunk, rerank: row.rerank }] : []))
		.sort((a, b) => a.rerank.rank - b.rerank.rank);
	return new Set(order.filter(({ rerank }) => rerank.probability >= cut).slice(0, keep).map(({ chunk }) => chunk));
}

/** The last passage over a cut and the first under it, and how many logits part them. */
export function margin(candidates: ShownCandidate[], cut: number): { above: number; below: number; gap: number } | null {
	const logits = candidates.flatMap((row) => (row.rerank ? [{ logit: row.rerank.logit, over: row.rerank.probability >= cut }] : []));
	const above = Math.min(...logits.filter(({ over }) => over).map(({ logit }) => logit));
	const below = Math.max(...logits.filter(({ over }) => !over).map(({ logit }) => logit));
	return Number.isFinite(above) && Number.isFinite(below) ? { above, below, gap: above - below } : null;
}

export interface Dot {
	row: ShownCandidate;
	logit: number;
	/** How many dots lie under it. */
	level: number;
}

/** Dots of one column stand on each other, so that every passage is seen once. */
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

/** What the filter over the table lets through. */
export interface Sieve {
	words: string;
	/** Outcomes that are hidden. */
	hidden: ReadonlySet<ShownOutcome>;
}

export function sieved(candidates: ShownCandidate[], { words, hidden }: Sieve): ShownCandidate[] {
	const wanted = words.trim().toLocaleLowerCase();
	return candidates.filter((row) => {
		if (hidden.has(row.outcome)) return false;
		return wanted === '' || `${row.name} ${row.heading ?? ''} ${row.text}`.toLocaleLowerCase().includes(wanted);
	});
}
