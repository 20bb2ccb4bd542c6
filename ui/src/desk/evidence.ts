import { grouped } from '../ask/grouped';
import type { ShownCandidate } from '../candidate';
import type { CitationRow } from '../contract';
import { verdictOf, type Verdict } from './verdict';

/** A passage as a source of the answer. */
export interface Source {
	/** Its number in the answer; none if the answer does not cite it. */
	number?: number;
	chunk: string;
	document: number;
	name: string;
	folder?: string;
	offline?: boolean;
	page: number | null;
	heading?: string | null;
	quotes: string[];
	/** Null for a source that was not retrieved for the question. */
	verdict: Verdict | null;
	kept: boolean;
}

/**
 * The passages of a question as sources under a cut: cited ones by number, then others that are kept, then the rest in final order.
 * `kept` names the passages that the cut keeps.
 */
export function evidence(candidates: readonly ShownCandidate[], citations: readonly CitationRow[], cut: number | null, kept: ReadonlySet<string>): Source[] {
	const rows = new Map(candidates.map((row) => [row.chunk, row]));
	const judged = (chunk: string) => {
		const row = rows.get(chunk);
		return row ? verdictOf(row, cut, kept.has(chunk)) : null;
	};
	const cited = grouped(citations).map((source): Source => ({ ...source, verdict: judged(source.chunk), kept: !rows.has(source.chunk) || kept.has(source.chunk) }));
	const known = new Set(cited.map(({ chunk }) => chunk));
	const others = candidates
		.filter((row) => !known.has(row.chunk))
		.map(({ chunk, document, name, folder, offline, page, heading, text }): Source => ({ chunk, document, name, folder, offline, page, heading, quotes: [text], verdict: judged(chunk), kept: kept.has(chunk) }));
	return [...cited.filter((one) => one.kept), ...others.filter((one) => one.kept), ...cited.filter((one) => !one.kept), ...others.filter((one) => !one.kept)];
}

/** The passages that a question kept. */
export function keptBy(candidates: readonly ShownCandidate[]): Set<string> {
	return new Set(candidates.filter((row) => row.outcome === 'kept').map((row) => row.chunk));
}
