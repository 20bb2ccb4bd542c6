// @vitest-environment happy-dom
import { afterEach, describe, expect, it } from 'vitest';

import StageNotes from '../src/ask/StageNotes.svelte';
import type { CandidateRow, StageRow } from '../src/contract';
import CandidateTable from '../src/scores/CandidateTable.svelte';
import { mounted } from './mounted';

let leave: () => unknown = () => {};
afterEach(() => {
	leave();
	leave = () => {};
});

const stage = (said: Partial<StageRow>): StageRow => ({ name: 'draft', ms: 900, state: 'done', reason: null, code: 'drafted', ...said });

describe('what the language model drafted', () => {
	it('is listed under the stages, as plain text', async () => {
		const drafts: StageRow['drafts'] = [
			{ query: 'hypothetical', text: 'The pump <b>stands</b> in the cellar.' },
			{ query: 'variant_1', text: '水泵在哪里？' },
		];
		const shown = await mounted(StageNotes, { stages: [stage({ drafts })] });
		leave = shown.leave;
		expect(shown.all('draft').map((line) => line.dataset['query'])).toEqual(['hypothetical', 'variant_1']);
		expect(shown.all('draft')[0]?.textContent).toContain('The pump <b>stands</b> in the cellar.');
		expect(shown.all('stage-note').length).toBe(0);
	});
	it('is missed aloud, with the reason', async () => {
		const stages = [stage({ state: 'skipped', code: 'no_writer' }), stage({ name: 'variants', state: 'failed', code: 'lexical_failed', reason: 'the disk is gone' })];
		const shown = await mounted(StageNotes, { stages });
		leave = shown.leave;
		expect(shown.all('stage-note').map((note) => [note.dataset['stage'], note.dataset['state']])).toEqual([
			['draft', 'skipped'],
			['variants', 'failed'],
		]);
		expect(shown.text()).toContain('no language model is chosen');
	});
	it('is no news where it was not needed', async () => {
		const shown = await mounted(StageNotes, { stages: [stage({ state: 'skipped', code: 'drafts_not_needed' })] });
		leave = shown.leave;
		expect(shown.all('stage-note').length).toBe(0);
	});
});

describe('the table of candidates', () => {
	const row = (chunk: string, drafted?: CandidateRow['drafted']): CandidateRow => ({
		chunk,
		document: 1,
		name: `${chunk}.txt`,
		page: null,
		heading: null,
		text: `text of ${chunk}`,
		vector: { similarity: 0.5, rank: 1 },
		lexical: null,
		...(drafted && { drafted }),
		fused: { score: 0.1, rank: 1 },
		rerank: null,
		outcome: 'kept',
	});
	const table = async (candidates: CandidateRow[]) => {
		const shown = await mounted(CandidateTable, { candidates, embedder: 'e', reranker: null, lit: null, onlight: () => {}, onopen: () => {} });
		leave = shown.leave;
		return shown;
	};
	it('has a column of ranks for each drafted query that found a passage', async () => {
		const by = (query: 'hypothetical' | 'variant_1', rank: number) => ({ query, rank, vector: null, lexical: { score: 2.5, rank } });
		const { all, one } = await table([row('a', [by('hypothetical', 4), by('variant_1', 2)]), row('b', [by('variant_1', 1)])]);
		expect(all('drafted-rank').map((cell) => cell.dataset['value'])).toEqual(['4', '2', '', '1']);
		const sorting = [...one('candidates').querySelectorAll<HTMLElement>('[data-sort]')].map((head) => head.dataset['sort']);
		expect(sorting.slice(4, 8)).toEqual(['lexical_rank', 'hypothetical', 'variant_1', 'fused_rank']);
		const width = (line: Element) => [...line.children].reduce((sum, cell) => sum + Number(cell.getAttribute('colspan') ?? 1), 0);
		expect([...one('candidates').querySelectorAll('thead tr, tr[data-chunk]')].map(width)).toEqual([14, 14, 14, 14]);
	});
	it('has none without drafts', async () => {
		const { all } = await table([row('a')]);
		expect(all('drafted-rank').length).toBe(0);
	});
});
