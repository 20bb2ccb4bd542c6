// @vitest-environment happy-dom
import { afterEach, describe, expect, it } from 'vitest';

import Checked from '../src/ask/Checked.svelte';
import { asking } from '../src/ask/asking.svelte';
import type { AnswerSentenceView, AskReply, TurnRow } from '../src/contract';
import { mounted } from './mounted';

let leave: () => unknown = () => {};
afterEach(() => {
	leave();
	leave = () => {};
});

async function page(sentences: AnswerSentenceView[]) {
	const shown = await mounted(Checked, { sentences });
	leave = shown.leave;
	return shown;
}

const check = (score: number) => ({ model: 'cross', by: 'reranker' as const, score, logit: -3, limit: 0.5 });

describe('the sentences of a written answer', () => {
	it('are told where they cite nothing or are not found, with the score', async () => {
		const { all, one, text } = await page([
			{ text: 'It is red [1].', cites: [1], verdict: 'found', check: check(0.9) },
			{ text: 'It is round [1].', cites: [1], verdict: 'not_found', check: check(0.047) },
			{ text: 'It is old.', cites: [], verdict: 'uncited' },
		]);
		expect((one('checked') as HTMLDetailsElement).open).toBe(true);
		expect(text()).toContain('1 of 3 sentences are close to the passages cited');
		expect(all('doubtful').map((row) => row.dataset['verdict'])).toEqual(['not_found', 'uncited']);
		expect(all('doubtful')[0]?.textContent).toContain('sigmoid 0.047, cut-off 0.500, by cross');
		expect(text()).toContain('a score, not a proof');
	});
	it('stay folded where all are found, and absent where nothing is known', async () => {
		const { one } = await page([{ text: 'It is red [1].', cites: [1], verdict: 'found', check: check(0.9) }]);
		expect((one('checked') as HTMLDetailsElement).open).toBe(false);
		leave();
		const { all } = await page([{ text: 'It is red [1].', cites: [1], verdict: 'unchecked' }]);
		expect(all('checked')).toEqual([]);
	});
});

describe('a saved conversation', () => {
	it('knows the collection that each question was limited to', () => {
		const reply = { question: 'why', collection: 'letters', candidates: [], stages: [], answer: { text: '', kind: 'extractive', refused: false, citations: [] } } as unknown as AskReply;
		asking.open(1, [{ reply }, { reply: { ...reply, collection: undefined } }] as unknown as TurnRow[]);
		expect(asking.earlier[0]?.collection).toBe('letters');
		expect(asking.current?.collection).toBe(null);
		asking.clear();
	});
});
