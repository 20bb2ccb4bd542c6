import type { ChunkSpan, DocumentPage, PageOutcome } from '../contract';

/** Whether a page gave no text, reported a fault or has a low OCR confidence. */
export function somethingWrong(page: Pick<DocumentPage, 'outcome' | 'reason' | 'confidence'>): boolean {
	return page.outcome !== 'text' || page.reason !== null || (page.confidence !== null && page.confidence < 60);
}

/** A page's outcome; `partial` for a failed page that still has text. */
export function outcomeOf(page: Pick<DocumentPage, 'outcome' | 'text'>): PageOutcome | 'partial' {
	return page.outcome === 'failed' && page.text !== '' ? 'partial' : page.outcome;
}

/** A slice of a page's text: whether it lies inside the marked passage, the chunks that start with it, and the occurrence of the words looked for. */
export interface Stretch {
	text: string;
	marked: boolean;
	begins: string[];
	/** The occurrence that it belongs to, as an index into `hits`; null for none. */
	hit: number | null;
}

/** Splits a page's text at chunk borders and at occurrences. */
export function stretches(text: string, chunks: readonly ChunkSpan[], marked: string | null, hits: readonly { start: number; end: number }[] = []): Stretch[] {
	const cuts = [...new Set([0, text.length, ...[...chunks, ...hits].flatMap(({ start, end }) => [start, end])])].sort((a, b) => a - b);
	const own = chunks.find(({ chunk }) => chunk === marked);
	return cuts.flatMap((start, at) => {
		const end = cuts[at + 1];
		if (end === undefined || end > text.length) return [];
		return [
			{
				text: text.slice(start, end),
				marked: own !== undefined && own.start <= start && end <= own.end,
				begins: chunks.filter((span) => span.start === start).map(({ chunk }) => chunk),
				hit: containing(hits, start, end),
			},
		];
	});
}

function containing(hits: readonly { start: number; end: number }[], start: number, end: number): number | null {
	const at = hits.findIndex((hit) => hit.start <= start && end <= hit.end);
	return at < 0 ? null : at;
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

/** A place in the runs: the run's index and the offset in its text. */
export interface Spot {
	run: number;
	offset: number;
}

interface Folded {
	whole: string;
	owners: Spot[];
}

const folded = new WeakMap<readonly Run[], Folded>();

/** The runs' text as it is compared, and where each of its letters stands. Kept, because each key press compares it again. */
function fold(runs: readonly Run[]): Folded {
	const kept = folded.get(runs);
	if (kept) return kept;
	const made: Folded = { whole: '', owners: [] };
	for (const [run, { text }] of runs.entries()) {
		let offset = 0;
		for (const letter of text) {
			const plain = bare(letter).toLowerCase();
			made.whole += plain;
			for (let at = 0; at < plain.length; at++) made.owners.push({ run, offset });
			offset += letter.length;
		}
	}
	folded.set(runs, made);
	return made;
}

/** Every occurrence of the words in the runs of a page, from the first letter to behind the last. Ignores case and what `locate` ignores. */
export function foundIn(runs: readonly Run[], words: string): { from: Spot; to: Spot }[] {
	const wanted = bare(words).toLowerCase();
	const found: { from: Spot; to: Spot }[] = [];
	if (wanted === '') return found;
	const { whole, owners } = fold(runs);
	for (let at = whole.indexOf(wanted); at >= 0; at = whole.indexOf(wanted, at + wanted.length)) {
		const [from, last] = [owners[at], owners[at + wanted.length - 1]];
		if (!from || !last) continue;
		const letter = String.fromCodePoint(runs[last.run]?.text.codePointAt(last.offset) ?? 32);
		found.push({ from, to: { run: last.run, offset: last.offset + letter.length } });
	}
	return found;
}

function bare(text: string): string {
	return text.normalize('NFKC').replace(/[\s\u00ad\u200b\u2010\u2011-]/g, '');
}
