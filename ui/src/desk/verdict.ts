import type { ShownCandidate } from '../candidate';
import { logitOf } from '../scores/threshold';

/**
 * What the cut says of a passage. `unjudged`: no cross-encoder scored it, or no cut was applied, so nothing says more than that it
 * was found.
 */
export type Verdict = 'answers' | 'close' | 'topic' | 'unjudged';

/** Passages below the cut by at most this many logits are close to it. */
export const closeBy = 1;

/**
 * The verdict on a passage under a cut on the rerank sigmoid. `kept` says whether the passage is kept under that cut; one that
 * passes the cut and is not kept, because enough better ones are or because it repeats one, is close.
 */
export function verdictOf(row: Pick<ShownCandidate, 'rerank'>, cut: number | null, kept: boolean): Verdict {
	if (!row.rerank || cut === null) return 'unjudged';
	if (kept) return 'answers';
	return row.rerank.logit >= logitOf(cut) - closeBy ? 'close' : 'topic';
}

/** How many of the passages that are not kept have each verdict. */
export function tally(rows: readonly { verdict: Verdict; kept: boolean }[]): Record<Verdict, number> {
	const found: Record<Verdict, number> = { answers: 0, close: 0, topic: 0, unjudged: 0 };
	for (const { verdict, kept } of rows) if (!kept) found[verdict] += 1;
	return found;
}
