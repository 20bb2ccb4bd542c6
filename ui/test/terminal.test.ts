// @vitest-environment happy-dom
import { afterEach, describe, expect, it } from 'vitest';

import type { NoticeKind, ProblemView } from '../src/contract';
import { library } from '../src/library/library.svelte';
import NoticeList from '../src/library/NoticeList.svelte';
import { ownReasonOf, reasonOf } from '../src/library/reason';
import ProblemNote from '../src/problem/ProblemNote.svelte';
import { isForTerminal, withoutTerminal } from '../src/problem/terminal';
import { speech } from '../src/words/speech.svelte';
import { mounted } from './mounted';

/** What the program says to every front end. */
const said = [
	'choose another name, or say --force to replace that file',
	'name an empty or a new folder with --data; nothing was changed',
	'name the data folder of your library with --data or ASSAY_DATA',
	'fetch it: assay models pull e5',
	'the next `assay ingest` goes on with it, and `assay retry` does so now',
	'list them: assay documents --removed',
	'rebuild the index: assay rebuild',
	'put it into the environment variable ASSAY_RERANK_KEY and start again',
];

let leave: () => unknown = () => {};
afterEach(() => {
	leave();
	leave = () => {};
	speech.use('en');
});

describe('words for the terminal', () => {
	it('are known, and ordinary sentences are not', () => {
		expect(said.filter((text) => !isForTerminal(text))).toEqual([]);
		for (const text of ['close Assay and start it again', 'make room on the disk – nothing is lost', 'a well--known file', 'another Assay has it open']) expect(isForTerminal(text), text).toBe(false);
		expect(withoutTerminal('the model e5 is not here; fetch it: assay models pull e5')).toBe('the model e5 is not here');
	});
	it('do not reach a problem, in no language', async () => {
		for (const language of ['en', 'zh'] as const) {
			speech.use(language);
			for (const action of said) {
				const problem: ProblemView = { problem: 'library_not_empty', message: `it cannot be; ${action}`, action };
				const page = await mounted(ProblemNote, { problem });
				expect(isForTerminal(page.text()), page.text()).toBe(false);
				expect(page.text()).toContain(speech.words.problems.library_not_empty.advice);
				await page.leave();
			}
		}
	});
	it('do not reach a notice, in no language', async () => {
		for (const language of ['en', 'zh'] as const) {
			speech.use(language);
			const kinds = Object.keys(speech.words.files.notices) as NoticeKind[];
			const page = await mounted(NoticeList, { onsettings: async () => {} });
			leave = page.leave;
			library.notices = kinds.map((kind) => ({ kind, what: `what happened to ${kind}`, do: said[4] as string }));
			await page.until(() => page.all('notice-advice').length === kinds.length);
			for (const line of page.all('notice-advice')) expect(isForTerminal(line.textContent ?? ''), line.textContent ?? '').toBe(false);
			await page.leave();
			leave = () => {};
		}
	});
	it('do not reach a row, and a stopped row says how to go on', () => {
		const row = { state: 'failed', reason: 'the model e5 is not here; fetch it: assay models pull e5', problem: 'model_missing' } as const;
		for (const language of ['en', 'zh'] as const) {
			speech.use(language);
			for (const text of [reasonOf(row), ownReasonOf(row)]) expect(isForTerminal(text), text).toBe(false);
			expect(reasonOf(row)).toContain(speech.words.problems.model_missing.advice);
			const stopped = { state: 'queued', reason: null, problem: null, stopped: true } as const;
			expect(reasonOf(stopped)).toBe(speech.words.library.stoppedRow);
		}
	});
});
