// @vitest-environment happy-dom
import type { Component } from 'svelte';
import { afterEach, describe, expect, it, vi } from 'vitest';

import type { DocumentView } from '../src/contract';
import ConversationList from '../src/conversations/ConversationList.svelte';
import { history } from '../src/conversations/history.svelte';
import Audit from '../src/document/Audit.svelte';
import { host } from '../src/host';
import IngestProgress from '../src/library/IngestProgress.svelte';
import { library } from '../src/library/library.svelte';
import { labels } from '../src/measure/labels.svelte';
import ProposeDialog from '../src/measure/ProposeDialog.svelte';
import FilesPane from '../src/views/FilesPane.svelte';
import { asking } from '../src/ask/asking.svelte';
import { place } from '../src/views/place.svelte';
import { speech } from '../src/words/speech.svelte';
import { greeted, mounted } from './mounted';

let leave: () => unknown = () => {};
afterEach(() => {
	leave();
	leave = () => {};
});

async function page<Props extends Record<string, unknown>>(component: Component<Props>, props: Props) {
	const shown = await mounted(component, props);
	leave = shown.leave;
	return shown;
}

describe('the library view', () => {
	it('shows every file, and counts that add up to what was found', async () => {
		const { all, one } = await page(FilesPane, {});
		expect(all('file-row').length).toBe(library.documents.length);
		const numbers = [...one('state-filter').querySelectorAll('button[data-state] b')].map((count) => Number(count.textContent));
		const excluded = Number(one('left-out').querySelector('b')?.textContent);
		expect(numbers.reduce((sum, count) => sum + count, excluded)).toBe(library.documents.length + library.excluded);
		expect(one('found-sum').textContent).toContain(String(library.documents.length + library.excluded));
	});
	it('finds by words, filters by state and lists one kind of trouble', async () => {
		const { all, one, press, type, text } = await page(FilesPane, {});
		type('find-file', 'lease-scan');
		expect(all('file-row').map((row) => row.dataset['state'])).toEqual(['failed', 'failed']);
		type('find-file', 'nowhere');
		expect(text()).toContain('No file matches');
		type('find-file', '');
		(one('state-filter').querySelector('[data-state=offline]') as HTMLElement).click();
		press('files-shown');
		expect(all('file-row').map((row) => row.dataset['state'])).toEqual(['offline']);
		press('show-trouble');
		expect(all('file-row').length).toBe(2);
	});
	it('retries a whole group at once and removes only after a question', async () => {
		const { press, one, all, until } = await page(FilesPane, {});
		const again = vi.spyOn(host, 'ingestAgain');
		press('retry-trouble');
		await until(() => again.mock.calls.length === 1);
		expect(again.mock.calls[0]?.[0].length).toBe(2);
		await until(() => !library.busy && library.finished !== null);
		const before = library.documents.length;
		press('file-remove');
		expect(library.documents.length).toBe(before);
		one('confirm');
		press('confirm-yes');
		await until(() => library.documents.length === before - 1 && all('file-row').length === before - 1);
	});
	it('removes several files at once, after one question', async () => {
		const { press, all, one, until, text } = await page(FilesPane, {});
		const remove = vi.spyOn(host, 'removeDocuments');
		await until(() => !library.busy);
		const before = library.documents.length;
		const picks = all('pick-file').slice(0, 2) as HTMLInputElement[];
		for (const box of picks) box.click();
		await until(() => all('remove-picked').length === 1);
		press('remove-picked');
		expect(one('confirm').textContent).toContain('2 files will no longer be found');
		press('confirm-yes');
		await until(() => library.documents.length === before - 2);
		expect(remove.mock.calls.map(([ids]) => ids.length)).toEqual([2]);
		expect(text()).not.toContain('Remove 2…');
		remove.mockRestore();
	});
	it('follows folders and says why one is not there', async () => {
		const { all, press, text, until } = await page(FilesPane, {});
		expect(all('folder').map((row) => row.dataset['state'])).toEqual(['watching', 'offline']);
		expect(text()).toContain('The drive “archive” is not there.');
		press('watch-folder');
		await until(() => all('folder').length === 3);
		await until(() => !library.busy);
		press('unfollow');
		press('confirm-yes');
		await until(() => all('folder').length === 2);
	});
	it('opens a file page by page', async () => {
		const { press } = await page(FilesPane, {});
		press('open-file');
		expect([place.view, place.look]).toEqual(['document', 'audit']);
	});
});

describe('an ingest under way', () => {
	it('rests, goes on, and ends with a sentence that counts every state', async () => {
		const { one, press, text, until } = await page(IngestProgress, {});
		const ended = until(() => library.busy);
		await host.ingestAgain(library.documents.map((row) => row.id));
		await ended;
		press('pause-ingest');
		await until(() => library.paused);
		expect(text()).toContain('Paused');
		await new Promise((later) => setTimeout(later, 80));
		const done = one('ingest-progress').dataset['done'];
		await new Promise((later) => setTimeout(later, 120));
		expect(one('ingest-progress').dataset['done']).toBe(done);
		press('pause-ingest');
		await until(() => library.finished !== null && !library.busy);
		for (const word of ['Ready', 'Failed 2', 'Set aside 1', 'Excluded 1']) expect(text()).toContain(word);
	});
});

describe('the page audit', () => {
	const audited = (pages: Partial<DocumentView['pages'][number]>[]): DocumentView => ({
		document: 1,
		name: 'a.docx',
		pdf: false,
		pages: pages.map((page, index) => ({ index, number: index + 1, text: '', outcome: 'text', reason: null, code: null, extractor: 'format', characters: 0, confidence: null, chunks: [], ...page })),
	});
	it('has a row for every page and shows the text of the one that is chosen', async () => {
		const view = audited([{ text: 'first page' }, { outcome: 'scanned', reason: 'recognition is off', extractor: 'none' }, { text: 'third page', extractor: 'ocr', confidence: 41, outcome: 'failed', reason: 'one word is unreadable' }]);
		const { all, one, text, press, until } = await page(Audit, { view, chunk: null });
		expect(one('audit-summary').textContent).toBe('2 of 3 pages gave text, 1 of them in part.');
		expect(all('page-row').map((row) => row.dataset['outcome'])).toEqual(['text', 'scanned', 'partial']);
		expect(text()).toContain('first page');
		all('page-row')[2]?.click();
		await until(() => text().includes('third page'));
		expect(text()).toContain('Some of this page could not be read.');
		press('only-troubled');
		await until(() => all('page-row').length === 2);
	});
	it('says in the language of the screen why a page was not read, else in the words of the reader', async () => {
		const view = audited([{ outcome: 'scanned', reason: 'scanned; install Tesseract to read it', code: 'no_recognition' }, { outcome: 'failed', reason: 'no font', code: 'other' }]);
		speech.use('zh');
		const { one, text } = await page(Audit, { view, chunk: null });
		speech.use('en');
		expect(text()).toContain('请安装 Tesseract');
		expect(text()).toContain('no font');
		expect(one('page-reason').textContent).not.toContain('Tesseract to read it');
	});
});

describe('proposed questions', () => {
	it('are kept only when accepted, in the words they were left in', async () => {
		const { all, one, type, press, until } = await page(ProposeDialog, { onclose: () => {} });
		await until(() => all('proposal').length > 0);
		const before = labels.rows.length;
		const offered = all('proposal').length;
		type('proposed-question', 'What is it called?');
		press('accept');
		await until(() => labels.rows.length === before + 1);
		expect(labels.rows.at(-1)).toMatchObject({ question: 'What is it called?', origin: 'proposed', grade: 1 });
		press('reject');
		await until(() => all('proposal').length === offered - 2);
		expect(labels.rows.length).toBe(before + 1);
		expect(one('proposals-said').textContent).toContain('1 question accepted');
	});
});

describe('earlier questions', () => {
	it('are searched in questions and answers, and saved as files', async () => {
		await greeted();
		for (const question of ['When did Ottilie Brandvold die?', '柏令仪是哪一年去世的？']) {
			asking.clear();
			asking.question = question;
			await asking.ask();
		}
		await history.read();
		const onsave = vi.fn(async () => true);
		const { all, type, press, text, until } = await page(ConversationList, { open: null, onopen: () => {}, onnew: () => {}, ondeleted: () => {}, onsave });
		expect(all('conversation').length).toBe(2);
		type('find-conversation', 'in her sleep');
		await until(() => all('conversation').length === 1);
		press('save-json');
		await until(() => onsave.mock.calls.length === 1);
		type('find-conversation', 'nobody said this');
		await until(() => text().includes('No conversation holds these words'));
		type('find-conversation', '');
		await until(() => all('conversation').length === 2);
	});
	it('come back into the box by the arrow keys, and what was being typed after them', () => {
		asking.question = 'half a quest';
		asking.typed();
		expect(asking.recall(1, ['older?'])).toBe(true);
		expect(asking.question).toBe('柏令仪是哪一年去世的？');
		asking.recall(1, ['older?']);
		asking.recall(1, ['older?']);
		expect(asking.question).toBe('older?');
		expect(asking.recall(1, ['older?'])).toBe(false);
		for (let step = 0; step < 3; step++) asking.recall(-1, ['older?']);
		expect(asking.question).toBe('half a quest');
	});
});
