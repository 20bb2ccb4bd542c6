import { describe, expect, it } from 'vitest';

import type { ShownCandidate } from '../src/candidate';
import type { CandidateRow } from '../src/contract';
import { asTsv } from '../src/scores/export';
import { nameAmong } from '../src/shared/twins';
import { movement, movementMark } from '../src/scores/movement';
import { draftedQueries, finalOrder, pressed, sorted } from '../src/scores/sort';

function row(chunk: string, similarity: number | null, fused: number, logit: number | null, rerank: number | null): CandidateRow {
	return {
		chunk,
		document: 1,
		name: 'a.txt',
		page: null,
		heading: null,
		text: `text\tof ${chunk}\nin two lines`,
		vector: similarity === null ? null : { similarity, rank: 1 },
		lexical: null,
		fused: { score: 1 / (60 + fused), rank: fused },
		rerank: logit === null || rerank === null ? null : { logit, probability: 1 / (1 + Math.exp(-logit)), rank: rerank, tokens_read: 5, tokens_total: 5 },
		outcome: 'kept',
	};
}

const rows = [row('a', 0.2, 13, 4.5, 1), row('b', null, 2, -1, 2), row('c', -0.1, 1, null, null)];
const chunks = (list: ShownCandidate[]) => list.map(({ chunk }) => chunk).join('');

describe('movement', () => {
	const check = (fused: number, rerank: number | null, mark: string) =>
		expect(movementMark(movement(row('x', 0, fused, rerank === null ? null : 0, rerank)))).toBe(mark);

	it('goes from the fused rank to the rerank rank', () => {
		check(13, 1, '▲12');
		check(1, 4, '▼3');
		check(2, 2, '=');
	});
	it('is none without a rerank score', () => check(2, null, '–'));
});

describe('sorting', () => {
	it('keeps the order of the program by default', () => expect(chunks(sorted(rows, finalOrder))).toBe('abc'));
	it('puts the largest score first and absent scores last', () => {
		expect(chunks(sorted(rows, { key: 'similarity', reversed: false }))).toBe('acb');
		expect(chunks(sorted(rows, { key: 'similarity', reversed: true }))).toBe('cab');
	});
	it('puts the smallest rank first', () => expect(chunks(sorted(rows, { key: 'fused_rank', reversed: false }))).toBe('cba'));
	it('leaves the given rows as they are', () => {
		sorted(rows, { key: 'logit', reversed: true });
		expect(chunks(rows)).toBe('abc');
	});
	it('turns round on the second press and goes back on the third', () => {
		const first = pressed(finalOrder, 'logit');
		const second = pressed(first, 'logit');
		expect([first, second, pressed(second, 'logit')]).toEqual([{ key: 'logit', reversed: false }, { key: 'logit', reversed: true }, finalOrder]);
	});
});

describe('drafted queries', () => {
	const by = (query: 'hypothetical' | 'variant_2', rank: number) => ({ query, rank, vector: { similarity: 0.5, rank }, lexical: null });
	const drafted: ShownCandidate[] = [
		{ ...row('a', 0.2, 1, 1, 1), drafted: [by('hypothetical', 3), by('variant_2', 1)] },
		row('b', 0.1, 2, 0, 2),
		{ ...row('c', null, 3, -1, 3), drafted: [by('hypothetical', 2)] },
	];
	it('have a column each, if they found anything', () => {
		expect(draftedQueries(drafted)).toEqual(['hypothetical', 'variant_2']);
		expect(draftedQueries(rows)).toEqual([]);
	});
	it('sort by their own ranks', () => expect(chunks(sorted(drafted, { key: 'hypothetical', reversed: false }))).toBe('cab'));
	it('are columns of the copied table, at its end', () => {
		const [head, first, second] = asTsv(drafted).split('\n').map((line) => line.split('\t'));
		expect(head?.slice(-2)).toEqual(['hypothetical_rank', 'variant_2_rank']);
		expect(first?.slice(-2)).toEqual(['3', '1']);
		expect(second?.slice(-2)).toEqual(['', '']);
		expect(asTsv(rows).split('\n')[0]?.endsWith('\ttext')).toBe(true);
	});
});

describe('the table as text', () => {
	const [head, ...lines] = asTsv(rows).split('\n');
	const column = (name: string) => lines.map((line) => line.split('\t')[head?.split('\t').indexOf(name) ?? -1]);

	it('has a line for every row, whatever the texts hold', () => expect(lines.length).toBe(3));
	it('leaves an absent score empty, never 0', () => expect(column('vector_similarity')).toEqual(['0.2', '', '-0.1']));
});

describe('names among others', () => {
	it('show the folder only where another file has the same name', () => {
		const files = [
			{ document: 1, name: 'invoice.pdf', folder: '2024' },
			{ document: 2, name: 'invoice.pdf', folder: '2025' },
			{ document: 3, name: 'notes.txt', folder: '2025' },
			{ document: 4, name: '', folder: '' },
		];
		expect(files.map((file) => nameAmong(file, files))).toEqual(['2024/invoice.pdf', '2025/invoice.pdf', 'notes.txt', '']);
	});
});
