// @vitest-environment happy-dom
import { afterEach, describe, expect, it, vi } from 'vitest';

import { asking } from '../src/ask/asking.svelte';
import { opened } from '../src/ask/opened.svelte';
import { comparing } from '../src/compare/comparing.svelte';
import { host } from '../src/host';
import { sigmoid } from '../src/shared/format';
import ComparePane from '../src/views/ComparePane.svelte';
import { passages } from '../src/views/passages.svelte';
import { greeted, mounted } from './mounted';

let leave: () => unknown = () => {};
afterEach(() => {
	leave();
	leave = () => {};
	opened.close();
});

async function compared() {
	const shown = await mounted(ComparePane, {});
	leave = shown.leave;
	await shown.until(() => comparing.a !== null);
	shown.type('compare-question', 'When did Ottilie Brandvold die?');
	shown.press('compare');
	await shown.until(() => comparing.replies !== null);
	return shown;
}

describe('the comparison', () => {
	it('opens a passage that only B found with the scores of B', async () => {
		const { all } = await compared();
		const { a, b } = comparing.replies ?? (undefined as never);
		const alien = b.candidates.find((row) => row.outcome === 'kept');
		if (!alien) throw new Error('B keeps nothing');
		comparing.replies = { a: { ...a, candidates: a.candidates.filter((row) => row.chunk !== alien.chunk) }, b };
		const row = () => all('pair').find((pair) => pair.textContent?.includes(alien.text));
		await vi.waitFor(() => expect(row()?.dataset['keptBy']).toBe('onlyB'));
		(row()?.querySelector('[data-test=open-pair]') as HTMLElement).click();
		expect(passages.side).toBe('b');
		expect(passages.row?.outcome).toBe('kept');
	});
	it('opens a passage of both with the scores of the side that was pressed', async () => {
		const { all } = await compared();
		const both = all('pair').find((pair) => pair.querySelectorAll('[data-test=open-side]').length === 2);
		(both?.querySelector('[data-side=b]') as HTMLElement).click();
		expect([passages.side, passages.turn?.reply]).toEqual(['b', comparing.replies?.b]);
	});
	it('takes over the question that was asked last, and says when its results are of another', async () => {
		await greeted();
		comparing.question = '';
		asking.question = 'How much memory does Fathomlight 3.2 need?';
		await asking.ask();
		const { all, one, type, until } = await compared();
		expect(all('compare-stale')).toEqual([]);
		type('compare-question', 'Another question?');
		await until(() => all('compare-stale').length === 1);
		expect(one('compare-stale').textContent).toContain('When did Ottilie Brandvold die?');
		asking.question = '柏令仪是哪一年去世的？';
		await asking.ask();
		expect((one('compare-question') as HTMLInputElement).value).toBe('Another question?');
		type('compare-question', '柏令仪是哪一年去世的？');
		asking.question = '镜头上的霉丝怎么清掉？';
		await asking.ask();
		await until(() => (one('compare-question') as HTMLInputElement).value === '镜头上的霉丝怎么清掉？');
	});
	it('shows sigmoids and saves both sides with exact scores', async () => {
		const { text, press } = await compared();
		const best = comparing.replies?.a.candidates[0];
		expect(text()).toContain(sigmoid(best?.rerank?.probability ?? NaN));
		const save = vi.spyOn(host, 'saveText').mockResolvedValue(true);
		press('compare-csv');
		press('compare-json');
		const [name, csv] = save.mock.calls[0] ?? [];
		expect(name).toBe('comparison.csv');
		expect(csv?.split('\r\n')[0]).toContain('a_rerank_sigmoid');
		expect(csv).toContain(`,${best?.rerank?.probability},`);
		expect(JSON.parse(save.mock.calls[1]?.[1] ?? '{}')).toMatchObject({ a: { setup: comparing.a, reply: comparing.replies?.a }, b: { setup: comparing.b } });
		save.mockRestore();
	});
});
