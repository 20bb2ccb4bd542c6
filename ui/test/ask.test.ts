import { describe, expect, it } from 'vitest';

import { Turn } from '../src/ask/asking.svelte';
import { pieces } from '../src/ask/citations';
import { retrieved, withScores } from '../src/ask/stream';
import type { ShownCandidate } from '../src/candidate';
import type { CandidateRow } from '../src/contract';
import { shown as shownName } from '../src/shared/format';

describe('citations', () => {
	const check = (text: string, shown: string) =>
		expect(
			pieces(text, [1, 2, 12])
				.map((piece) => (piece.kind === 'words' ? piece.text : `<${piece.number}>`))
				.join('|'),
		).toBe(shown);

	it('cuts at marks', () => check('She died in 1938 [1]. So [12]', 'She died in 1938 |<1>|. So |<12>'));
	it('takes marks side by side and lists', () => check('是的[1][2]，也[1，2]。', '是的|<1>|<2>|，也|<1>|<2>|。'));
	it('leaves what names no citation', () => check('see [7] and [1938] and [a]', 'see [7] and [1938] and [a]'));
	it('has nothing for nothing', () => check('', ''));
});

describe('names of files', () => {
	it('stay on one line', () => {
		expect(shownName('two\nlines\t.txt')).toBe('two\\nlines\\t.txt');
		expect(shownName('invoice\u202efdp.exe')).toBe('invoice\\u{202e}fdp.exe');
	});
	it('stay as they are otherwise', () => expect(shownName('plan (2) [neu] 计划.md')).toBe('plan (2) [neu] 计划.md'));
});

describe('a follow-up', () => {
	it('shows the question that it was searched as, and keeps thinking out of the answer', () => {
		const turn = new Turn('And how often?');
		turn.on({ kind: 'stands_alone', question: 'How often is the pump cleaned?' });
		turn.on({ kind: 'thinking', text: 'hm ' });
		turn.on({ kind: 'thinking', text: '[1]' });
		expect(turn.standalone).toBe('How often is the pump cleaned?');
		expect(turn.thinking).toBe('hm [1]');
		expect(turn.text).toBe('');
	});
});

describe('scores that stream in', () => {
	const candidates = retrieved(
		['a', 'b', 'c'].map(
			(chunk, at): CandidateRow => ({
				chunk,
				document: 1,
				name: 'a.txt',
				page: null,
				heading: null,
				text: chunk,
				vector: null,
				lexical: null,
				fused: { score: 0.01, rank: at + 1 },
				rerank: null,
				outcome: 'not_reranked',
			}),
		),
	);
	const scored = (chunk: string, logit: number, rank: number) => ({ chunk, rerank: { logit, probability: 0.5, rank, tokens_read: 1, tokens_total: 1 } });
	const shown = (rows: ShownCandidate[]) => rows.map((row) => `${row.chunk}${row.rerank?.rank ?? '-'}`).join(' ');

	it('are undecided at first', () => expect(candidates.every((row) => row.outcome === 'pending')).toBe(true));
	it('put rows in their place among those scored so far', () => {
		const once = withScores(candidates, [scored('a', -2, 1)]);
		expect(shown(once)).toBe('a1 b- c-');
		const twice = withScores(once, [scored('c', 3, 1)]);
		expect(shown(twice)).toBe('c1 a2 b-');
	});
	it('keep retrieval scores untouched', () => {
		const [row] = withScores(candidates, [scored('a', -2, 1)]);
		expect(row?.fused).toEqual({ score: 0.01, rank: 1 });
	});
});
