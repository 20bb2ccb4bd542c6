import type { SentenceRow } from '../contract';
import { functionWords } from './functionWords';

/** A slice of a passage with uniform style. */
export interface Piece {
	text: string;
	/** Index of its sentence; null between sentences. */
	sentence: number | null;
	/** Is a word of the question. */
	matched: boolean;
	/** Lies after the last token that the model read. */
	unread: boolean;
	/** Is part of the cited sentence. */
	quoted: boolean;
}

export interface Span {
	start: number;
	end: number;
}

/**
 * The words of a text as the full-text index splits them: Unicode segmentation (ICU on both sides), no
 * stemming.
 */
function words(text: string): (Span & { word: string })[] {
	const segmenter = new Intl.Segmenter(undefined, { granularity: 'word' });
	return [...segmenter.segment(text)].flatMap(({ segment, index, isWordLike }) =>
		isWordLike ? [{ word: segment.toLocaleLowerCase(), start: index, end: index + segment.length }] : [],
	);
}

/** Spans of the question's content words in the passage. */
export function matches(question: string, passage: string): Span[] {
	const asked = new Set(words(question).flatMap(({ word }) => (functionWords.has(word) ? [] : [word])));
	return words(passage)
		.filter(({ word }) => asked.has(word))
		.map(({ start, end }) => ({ start, end }));
}

/** Where a quote stands in its passage; null if it is not there word for word. */
export function spanOf(quote: string, passage: string): Span | null {
	const start = quote === '' ? -1 : passage.indexOf(quote);
	return start < 0 ? null : { start, end: start + quote.length };
}

/** Splits a passage wherever the style changes; the pieces joined equal the passage. */
export function pieces(text: string, sentences: readonly Pick<SentenceRow, 'start' | 'end'>[], matched: readonly Span[], readTo: number | null, quoted: Span | null = null): Piece[] {
	const cuts = new Set([0, text.length, ...(readTo === null ? [] : [readTo])]);
	for (const { start, end } of [...sentences, ...matched, ...(quoted ? [quoted] : [])]) cuts.add(start).add(end);
	const places = [...cuts].filter((place) => place >= 0 && place <= text.length).sort((a, b) => a - b);
	const found: Piece[] = [];
	for (const [at, start] of places.entries()) {
		const end = places[at + 1];
		if (end === undefined) break;
		const inside = ({ start: from, end: to }: Span) => from <= start && end <= to;
		const sentence = sentences.findIndex(inside);
		found.push({
			text: text.slice(start, end),
			sentence: sentence < 0 ? null : sentence,
			matched: matched.some(inside),
			unread: readTo !== null && start >= readTo,
			quoted: quoted !== null && inside(quoted),
		});
	}
	return found;
}
