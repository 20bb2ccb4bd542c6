import type { AskReply, CandidateRow } from '../contract';

/** One passage's candidate in both set-ups. */
export interface Pair {
	row: CandidateRow;
	a: Standing | null;
	b: Standing | null;
	keptBy: 'both' | 'onlyA' | 'onlyB' | 'neither';
}

export interface Standing {
	/** 1-based position in the final order. */
	place: number;
	row: CandidateRow;
}

const kept = (standing: Standing | null) => standing?.row.outcome === 'kept';

/** All passages that either set-up found; passages that one of them keeps come first. */
export function pairs(a: AskReply, b: AskReply): Pair[] {
	const standings = (reply: AskReply) => new Map(reply.candidates.map((row, at): [string, Standing] => [row.chunk, { place: at + 1, row }]));
	const [left, right] = [standings(a), standings(b)];
	const all = [...new Map([...a.candidates, ...b.candidates].map((row) => [row.chunk, row])).values()];
	const order = { onlyA: 0, onlyB: 0, both: 0, neither: 1 };
	return all
		.map((row): Pair => {
			const [one, other] = [left.get(row.chunk) ?? null, right.get(row.chunk) ?? null];
			const keptBy = kept(one) ? (kept(other) ? 'both' : 'onlyA') : kept(other) ? 'onlyB' : 'neither';
			return { row, a: one, b: other, keptBy };
		})
		.sort((x, y) => order[x.keptBy] - order[y.keptBy] || best(x) - best(y));
}

function best({ a, b }: Pair): number {
	return Math.min(a?.place ?? Infinity, b?.place ?? Infinity);
}
