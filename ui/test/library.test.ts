// @vitest-environment happy-dom
import { describe, expect, it } from 'vitest';

import type { DocumentRow, DocumentState, NoticeFact, PageOutcome, WaitingWork } from '../src/contract';
import { somethingWrong } from '../src/document/marked';
import { reasonOf } from '../src/library/reason';
import { everyRow, foundRows, type RowKey, sortedRows, sortPressed, tally, troubles } from '../src/library/rows';
import { reasonBehind, toldBy } from '../src/library/fact';
import { workOf } from '../src/library/work';
import { speech } from '../src/words/speech.svelte';

let next = 1;
function row(name: string, state: DocumentState, more: Partial<DocumentRow> = {}): DocumentRow {
	return { id: next++, name, folder: 'notes', collection: 'default', state, reason: null, problem: null, pages: 1, pages_with_text: 1, chunks: 3, bytes: 10, language: 'eng', searchable: true, missing_until: null, again_at: null, stopped: false, ...more };
}

const rows = [
	row('report 10.pdf', 'committed', { bytes: 900 }),
	row('report 9.pdf', 'committed', { folder: 'other', language: null }),
	row('scan a.pdf', 'failed', { reason: 'All 6 pages of scan a.pdf are pictures.' }),
	row('scan b.pdf', 'failed', { reason: 'All 12 pages of scan b.pdf are pictures.' }),
	row('torn.pdf', 'quarantined', { reason: 'Reading broke off twice.' }),
	row('合同.docx', 'offline', { collection: 'work', reason: 'The drive is not there.' }),
	row('new.md', 'queued'),
];
const names = (list: readonly DocumentRow[]) => list.map(({ name }) => name).join(', ');

describe('work that waits', () => {
	it('is told in singular and plural, each kind by its own words, in both languages', () => {
		const work = (more: Partial<WaitingWork>): WaitingWork => ({ state: 'going_on', files: 0, added: 0, rebuild: false, ...more });
		const told = () => [work({ files: 1 }), work({ added: 1 }), work({ files: 2, added: 3 }), work({ rebuild: true, state: 'stopped' })].map(workOf);
		expect(told()).toEqual([
			'Assay is resuming work that waited: 1 file.',
			'Assay is resuming work that waited: 1 added file or folder.',
			'Assay is resuming work that waited: 2 files and 3 added files and folders.',
			speech.words.files.work.rebuild.stopped,
		]);
		speech.use('zh');
		expect(told().slice(0, 3)).toEqual(['Assay 正在继续等待中的工作：1 个文件。', 'Assay 正在继续等待中的工作：1 个新添加的文件或文件夹。', 'Assay 正在继续等待中的工作：2 个文件和3 个新添加的文件或文件夹。']);
		speech.use('en');
	});
});

describe('notices of the library', () => {
	const facts: NoticeFact[] = [
		{ fact: 'synced', program: 'Dropbox' },
		{ fact: 'catalogue_restored', snapshot: 'daily', documents: 1 },
		{ fact: 'turns_unreadable', turns: 2 },
		{ fact: 'catalogue_damaged' },
		{ fact: 'index_moved', reason: 'no manifest' },
		{ fact: 'manifests_moved', manifests: 2 },
		{ fact: 'files_left_out', files: 1 },
		{ fact: 'search_index_dropped', name: 'text_idx' },
		{ fact: 'readings_unknown', readings: 3 },
		{ fact: 'passages_lacking', documents: 2 },
		{ fact: 'names_not_searched' },
		{ fact: 'copies_failed', reason: 'the disk is full' },
		{ fact: 'english_alone', model: 'MiniLM' },
	];
	const told = () => facts.map((fact) => toldBy({ kind: 'healed', what: 'the sentence of the engine', do: '', fact }));
	it('are told in the language of the screen, with their names and numbers, never in the words of the engine', () => {
		for (const language of ['en', 'zh'] as const) {
			speech.use(language);
			for (const text of told()) {
				expect(text).not.toContain('the sentence of the engine');
				expect(/[\u4e00-\u9fff]/.test(text), text).toBe(language === 'zh');
			}
			expect(told()[1]).toContain('daily');
			expect(told()[12]).toContain('MiniLM');
		}
		speech.use('en');
		expect(told()[1]).toContain('1 document took');
		expect(told()[6]).toBe('1 damaged file of the index was left out.');
	});
	it('keep the reason of the engine apart', () => {
		expect(facts.map((fact) => reasonBehind({ kind: 'healed', what: '', do: '', fact })).filter((reason) => reason !== null)).toEqual(['no manifest', 'the disk is full']);
	});
});

describe('the files of a library', () => {
	it('are counted by state so that the counts add up', () => {
		const counts = tally(rows);
		expect(counts.map(([state]) => state)).toEqual(['committed', 'queued', 'failed', 'quarantined', 'offline']);
		expect(counts.reduce((sum, [, count]) => sum + count, 0)).toBe(rows.length);
	});
	it('are grouped by what their reasons share, largest group first', () => {
		const found = troubles(rows);
		expect(found.map(({ rows, alike }) => `${names(rows)} ${alike}`)).toEqual(['scan a.pdf, scan b.pdf false', 'torn.pdf true']);
		expect(names(foundRows(rows, { ...everyRow, reason: found[0]?.kind ?? '' }))).toBe('scan a.pdf, scan b.pdf');
	});
	it('are found by words of name, folder and reason, by state and by collection', () => {
		expect(names(foundRows(rows, { ...everyRow, words: ' PDF other ' }))).toBe('report 9.pdf');
		expect(names(foundRows(rows, { ...everyRow, words: '合同' }))).toBe('合同.docx');
		expect(names(foundRows(rows, { ...everyRow, words: 'drive', state: 'failed' }))).toBe('');
		expect(names(foundRows(rows, { ...everyRow, collection: 'work' }))).toBe('合同.docx');
		expect(foundRows(rows, everyRow)).toBe(rows);
	});
	it('say why in the language of the screen, and are found by those words', () => {
		const torn = row('torn.pdf', 'quarantined', { reason: 'the reader died; save it again', problem: 'reader_died' });
		const partly = row('partly.pdf', 'committed', { reason: 'page 2 could not be read: no font' });
		expect([torn, partly].map(reasonOf)).toEqual([torn.reason, partly.reason]);
		speech.use('zh');
		const { problems, library } = speech.words;
		expect([torn, partly, row('a.md', 'queued')].map(reasonOf)).toEqual([`${problems.reader_died.title}。${problems.reader_died.advice}`, library.partlyRead, '']);
		expect(names(foundRows([torn, partly], { ...everyRow, words: problems.reader_died.title }))).toBe('torn.pdf');
		expect(names(foundRows([torn, partly], { ...everyRow, words: 'died' }))).toBe('torn.pdf');
		speech.use('en');
	});
	it('sort by each column, numbers in names as numbers, and go back to the order of the library', () => {
		const check = (key: RowKey, first: string) => expect(sortedRows(rows, { key, reversed: false })[0]?.name).toBe(first);
		check('name', 'new.md');
		check('state', 'report 10.pdf');
		check('language', 'report 10.pdf');
		expect(names(sortedRows(rows, { key: 'name', reversed: false }))).toContain('report 9.pdf, report 10.pdf');
		expect(sortedRows(rows, { key: 'bytes', reversed: true })[0]?.name).toBe('report 10.pdf');
		let sorting = sortPressed({ key: null, reversed: false }, 'name');
		sorting = sortPressed(sortPressed(sorting, 'name'), 'name');
		expect(sortedRows(rows, sorting)).toBe(rows);
	});
});

describe('the audit of pages', () => {
	const page = (outcome: PageOutcome, reason: string | null, confidence: number | null) => somethingWrong({ outcome, reason, confidence });
	it('points out what gave no text or not surely', () => {
		expect([page('text', null, null), page('text', null, 91)]).toEqual([false, false]);
		expect([page('scanned', null, null), page('text', 'a second reader was needed', null), page('text', null, 41)]).toEqual([true, true, true]);
	});
});
