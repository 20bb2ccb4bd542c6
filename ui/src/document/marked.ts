import type { ChunkSpan, DocumentPage, PageOutcome } from '../contract';

/** Whether a page gave no text, reported a fault or has a low OCR confidence. */
export function somethingWrong(page: Pick<DocumentPage, 'outcome' | 'reason' | 'confidence'>): boolean {
	return page.outcome !== 'text' || page.reason !== null || (page.confidence !== null && page.confidence < 60);
}

/** A page's outcome; `partial` for a failed page that still has text. */
export function outcomeOf(page: Pick<DocumentPage, 'outcome' | 'text'>): PageOutcome | 'partial' {
	return page.outcome === 'failed' && page.text !== '' ? 'partial' : page.outcome;
}

/** A slice of a page's text: whether it lies inside the marked passage, and the chunks that start with it. */
export interface Stretch {
	text: string;
	marked: boolean;
	begins: string[];
}

/** Splits a page's text at chunk borders. */
export function stretches(text: string, chunks: readonly ChunkSpan[], marked: string | null): Stretch[] {
	const cuts = [...new Set([0, text.length, ...chunks.flatMap(({ start, end }) => [start, end])])].sort((a, b) => a - b);
	const own = chunks.find(({ chunk }) => chunk === marked);
	return cuts.flatMap((start, at) => {
		const end = cuts[at + 1];
		if (end === undefined || end > text.length) return [];
		return [
			{
				text: text.slice(start, end),
				marked: own !== undefined && own.start <= start && end <= own.end,
				begins: chunks.filter((span) => span.start === start).map(({ chunk }) => chunk),
			},
		];
	});
}

/** A run of text on a printed page. */
export interface Run {
	text: string;
}

/**
 * The runs of a printed page that a passage covers; null unless it occurs exactly once. Ignores white space, hyphens at line
 * ends and compatibility forms, in which two extractors differ.
 */
export function locate(runs: readonly Run[], passage: string): { from: number; to: number } | null {
	let whole = '';
	const owners: number[] = [];
	for (const [at, run] of runs.entries()) {
		const plain = bare(run.text);
		whole += plain;
		for (let letter = 0; letter < plain.length; letter++) owners.push(at);
	}
	const wanted = bare(passage);
	if (wanted.length < 12) return null;
	const first = whole.indexOf(wanted);
	if (first < 0 || whole.includes(wanted, first + 1)) return null;
	const [from, to] = [owners[first], owners[first + wanted.length - 1]];
	return from === undefined || to === undefined ? null : { from, to };
}

function bare(text: string): string {
	return text.normalize('NFKC').replace(/[\s\u00ad\u200b\u2010\u2011-]/g, '');
}
