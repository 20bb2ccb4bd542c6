// @vitest-environment happy-dom
import { afterEach, describe, expect, it } from 'vitest';

import { answerAsText } from '../src/ask/asText';
import { grouped } from '../src/ask/grouped';
import { plainQuote, tokens } from '../src/ask/markdown';
import { refusalText } from '../src/ask/refusal';
import StageNotes from '../src/ask/StageNotes.svelte';
import type { AskReply, StageRow } from '../src/contract';
import { matches } from '../src/explain/pieces';
import catalogue from '../src/host/pretend/catalogue.json';
import { shownKeys } from '../src/shared/keys';
import { pressed } from '../src/views/commands';
import { deviceName } from '../src/words/device';
import { languageName } from '../src/words/languages';
import { speech } from '../src/words/speech.svelte';
import { en } from '../src/words/en';
import { zh } from '../src/words/zh';
import { mounted } from './mounted';

afterEach(() => speech.use('en'));

const han = /[\u4e00-\u9fff]/;

describe('what the engine says', () => {
	it('names every language in the language of the screen', () => {
		const codes = [...new Set([...catalogue.models.flatMap((model) => model.languages), 'cmn', 'eng', 'deu', 'fra', 'spa', 'jpn', 'kor', 'rus', 'ara', 'por', 'vie'])];
		for (const language of ['en', 'zh'] as const) {
			speech.use(language);
			for (const code of codes) expect(han.test(languageName(code)), `${code} is ${languageName(code)}`).toBe(language === 'zh');
			for (const code of codes) expect(languageName(code)).not.toBe(code);
		}
		expect(languageName('cmn')).toBe(languageName('zho'));
		expect(languageName('zzzz-no')).toBe('zzzz-no');
	});
	it('describes the device in the language of the screen', () => {
		const said = 'cpu (2 threads, int8 with avx2; no graphics card, because this build computes on the processor alone)';
		expect(deviceName(said)).toBe('Processor, 2 threads, int8 with avx2');
		expect(deviceName('cpu (1 thread, f32 with no instructions for it; chosen in the settings)')).toBe('Processor, 1 thread, f32');
		speech.use('zh');
		expect(deviceName(said)).toBe('处理器，2 线程，int8（avx2）');
		expect(deviceName('cuda:0')).toBe('cuda:0');
	});
	it('refuses in the language of the screen', () => {
		const kept = [{ outcome: 'kept' as const }];
		const cut = [{ outcome: 'below_threshold' as const }, { outcome: 'below_threshold' as const }];
		expect(refusalText({ unnamed: ['KX-300'] }, kept, en.ask.refusals)).toBe('No passage that was found mentions “KX-300”.');
		expect(refusalText({ unnamed: ['KX-300', '2021'] }, kept, zh.ask.refusals)).toBe('检索到的段落都没有提到“KX-300”或“2021”。');
		expect(refusalText({}, kept, zh.ask.refusals)).toBe(zh.ask.refusals.unlike);
		expect(refusalText({ unnamed: ['2021'] }, cut, en.ask.refusals)).toContain('2 passages');
		expect(refusalText({}, [], en.ask.refusals)).not.toMatch(han);
		const reply = { question: 'why', candidates: [], answer: { text: '资料库中没有找到', kind: 'refused', refused: true, citations: [] } } as unknown as AskReply;
		expect(answerAsText(reply, en.ask)).not.toMatch(han);
	});
	it('tells one event once', async () => {
		const stage = (name: StageRow['name'], state: StageRow['state'], code: StageRow['code']): StageRow => ({ name, ms: 1, state, code, reason: null });
		const show = async (stages: StageRow[]) => {
			const shown = await mounted(StageNotes, { stages });
			const notes = shown.all('stage-note').map((note) => note.dataset['stage']);
			shown.leave();
			return notes;
		};
		expect(await show([stage('rerank', 'skipped', 'no_reranker_for_languages'), stage('keep', 'done', 'decided_by_similarity')])).toEqual(['rerank']);
		expect(await show([stage('keep', 'done', 'decided_by_similarity')])).toEqual(['keep']);
		expect(await show([stage('rerank', 'skipped', 'time_budget'), stage('keep', 'skipped', 'time_budget'), stage('fuse', 'failed', 'vector_failed')])).toEqual(['rerank', 'fuse']);
	});
});

describe('words of the question in a passage', () => {
	const marked = (question: string, passage: string) => matches(question, passage).map(({ start, end }) => passage.slice(start, end));
	it('are content words, not those of grammar', () => {
		expect(marked('What was the cause of the fire in the mill?', 'The fire of 1902 was in the old mill.')).toEqual(['fire', 'mill']);
		const chinese = marked('柏令仪是哪一年去世的？', '柏令仪的父亲是在那一年去世的。');
		for (const word of ['的', '年', '是', '一']) expect(chinese).not.toContain(word);
		expect(chinese).toContain('去世');
	});
});

describe('sources', () => {
	const source = (number: number, chunk: string, quote: string) => ({ number, chunk, document: 1, name: 'a.txt', folder: '', offline: false, page: 2, heading: null, quote });
	it('are one for each passage, with all of its quotes', () => {
		const rows = grouped([source(1, 'x', 'one'), source(1, 'x', 'two'), source(2, 'y', 'three'), source(1, 'x', 'one')]);
		expect(rows.map(({ number, quotes }) => `${number} ${quotes.join('|')}`)).toEqual(['1 one|two', '2 three']);
	});
});

describe('marks of Markdown', () => {
	it('are not shown where a model left out the space, or in a quote of a Markdown file', () => {
		expect(tokens('##标题\n\n正文')[0]).toMatchObject({ type: 'heading', text: '标题' });
		expect(tokens('#1 of 3')[0]?.type).toBe('paragraph');
		expect(plainQuote('## Mould\nClean it.\n#hashtag')).toBe('Mould\nClean it.\n#hashtag');
	});
});

describe('keys', () => {
	it('are written as the platform writes them', () => {
		expect(shownKeys('Ctrl Shift O', false)).toBe('Ctrl+Shift+O');
		expect(shownKeys('Ctrl Shift O', true)).toBe('⇧⌘O');
		expect(shownKeys('Alt 1', true)).toBe('⌥1');
	});
	it('find a view by the digit that was pressed, whatever letter it writes', () => {
		const list = [{ id: 'x', name: 'x', keys: 'Alt 2', run: () => {} }];
		expect(pressed(new KeyboardEvent('keydown', { key: '™', code: 'Digit2', altKey: true }), list)?.id).toBe('x');
		expect(pressed(new KeyboardEvent('keydown', { key: '2', altKey: true }), list)?.id).toBe('x');
	});
});

describe('the pretend front end', () => {
	it('names models of the catalogue alone, and says what memory each needs', () => {
		const sources = import.meta.glob<string>(['../src/host/pretend.ts', '../src/host/pretend/*.ts'], { query: '?raw', import: 'default', eager: true });
		const known = catalogue.models.map((model) => model.name);
		const named = Object.values(sources).flatMap((text) => [...text.matchAll(/'([\w.-]*(?:bge|e5-|MiniLM|gte|[Qq]wen)[\w.-]*)'|reranker: '([\w.-]+)'/g)].map(([, one, other]) => one ?? other));
		expect(named.length).toBeGreaterThan(3);
		expect(named.filter((name) => !known.includes(name ?? ''))).toEqual([]);
		expect(catalogue.models.filter((model) => model.state !== 'built_in' && model.obstacle === null && !model.memory).map((model) => model.name)).toEqual([]);
	});
});
