/** A piece of an answer: text or a citation number. */
export type Piece = { kind: 'words'; text: string } | { kind: 'citation'; number: number };

const marks = /\[(\d{1,3}(?:\s*[,，、]\s*\d{1,3})*)\]/g;

/** Splits an answer at citations such as `[1]`. A number without a citation stays text. */
export function pieces(text: string, known: readonly number[]): Piece[] {
	const found: Piece[] = [];
	let from = 0;
	for (const mark of text.matchAll(marks)) {
		const numbers = (mark[1] ?? '').split(/[,，、]/).map((number) => Number(number));
		if (!numbers.every((number) => known.includes(number))) continue;
		if (mark.index > from) found.push({ kind: 'words', text: text.slice(from, mark.index) });
		found.push(...numbers.map((number): Piece => ({ kind: 'citation', number })));
		from = mark.index + mark[0].length;
	}
	if (from < text.length) found.push({ kind: 'words', text: text.slice(from) });
	return found;
}
