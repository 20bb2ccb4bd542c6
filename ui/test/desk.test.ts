// @vitest-environment happy-dom
import { flushSync } from 'svelte';
import { afterEach, describe, expect, it, vi } from 'vitest';

import { asking } from '../src/ask/asking.svelte';
import { opened } from '../src/ask/opened.svelte';
import type { CandidateRow, CitationRow, Outcome } from '../src/contract';
import { depth } from '../src/desk/depth.svelte';
import { evidence, keptBy } from '../src/desk/evidence';
import { tally, verdictOf } from '../src/desk/verdict';
import FindBar from '../src/document/FindBar.svelte';
import { Finding } from '../src/document/finding.svelte';
import { pieces, spanOf } from '../src/explain/pieces';
import { cutAt, movedCut, sigmoidOf } from '../src/scores/threshold';
import { byLetter, commands, pressed } from '../src/views/commands';
import { type Entry, Finder } from '../src/views/finder';
import { place } from '../src/views/place.svelte';
import TurnView from '../src/views/TurnView.svelte';
import { mounted, greeted } from './mounted';

let leave: () => unknown = () => {};
afterEach(() => {
	leave();
	leave = () => {};
	depth.choose('answer');
	opened.close();
});

function row(chunk: string, logit: number | null, rank: number, outcome: Outcome): CandidateRow {
	return { chunk, document: 1, name: 'a.txt', page: 2, heading: null, text: `text of ${chunk}`, vector: null, lexical: null, fused: { score: 0.01, rank }, rerank: logit === null ? null : { logit, probability: sigmoidOf(logit), rank, tokens_read: 5, tokens_total: 5 }, outcome };
}

const rows = [row('a', 4, 1, 'kept'), row('b', 2, 2, 'kept'), row('c', 1.5, 3, 'beyond_top'), row('d', -0.4, 4, 'below_threshold'), row('e', -3, 5, 'below_threshold'), row('f', null, 6, 'not_reranked')];
const cited = (number: number, chunk: string, quote: string): CitationRow => ({ number, chunk, document: 1, name: 'a.txt', page: 2, quote });

describe('the verdict on a passage', () => {
	it('follows from the cut alone', () => {
		const kept = keptBy(rows);
		expect(rows.map((one) => verdictOf(one, 0.5, kept.has(one.chunk)))).toEqual(['answers', 'answers', 'close', 'close', 'topic', 'unjudged']);
		expect(verdictOf(row('x', 9, 1, 'kept'), null, true)).toBe('unjudged');
	});
	it('is counted for passages that are not used', () => {
		expect(tally(evidence(rows, [], 0.5, keptBy(rows)).map(({ verdict, kept }) => ({ verdict: verdict ?? 'unjudged', kept })))).toEqual({ answers: 0, close: 2, topic: 1, unjudged: 1 });
	});
});

describe('the sources of an answer', () => {
	it('are one for each passage with all quotes: cited ones first, then kept ones, then the rest', () => {
		const sources = evidence(rows, [cited(1, 'b', 'one'), cited(2, 'b', 'two')], 0.5, keptBy(rows));
		expect(sources.map(({ chunk }) => chunk).join('')).toBe('bacdef');
		expect(sources[0]).toMatchObject({ number: 1, quotes: ['one', 'two'], verdict: 'answers' });
	});
	it('follow another cut', () => {
		const sources = evidence(rows, [cited(1, 'b', 'one')], 0.9, new Set(['a']));
		expect(sources.map(({ chunk, kept }) => `${chunk}${kept ? '+' : '-'}`).join(' ')).toBe('a+ b- c- d- e- f-');
	});
	it('have no verdict where they were not retrieved, and stay', () => {
		expect(evidence([], [cited(1, 'z', 'q')], 0.5, new Set())).toMatchObject([{ chunk: 'z', verdict: null, kept: true }]);
	});
});

describe('the cut', () => {
	it('moves by keys and stays between its ends', () => {
		expect(movedCut(0.5, 'ArrowRight')).toBeCloseTo(sigmoidOf(0.1));
		expect(movedCut(0.999, 'PageUp')).toBe(0.999);
		expect(movedCut(0.5, 'a')).toBeNull();
		expect([cutAt(0), cutAt(99), cutAt(-99)]).toEqual([0.5, 0.999, 0.001]);
	});
	it('rewrites the sources at once when it is moved on the ladder', async () => {
		await greeted();
		asking.clear();
		asking.question = 'When did Ottilie Brandvold die?';
		await asking.ask();
		const turn = asking.current as NonNullable<typeof asking.current>;
		depth.choose('why');
		const { all, one, leave: gone } = await mounted(TurnView, { turn, main: true });
		leave = gone;
		const kept = () => all('evidence-row').filter((line) => line.dataset['kept'] === 'true').map((line) => line.dataset['chunk']);
		const answering = () => all('source').filter((source) => source.querySelector('[data-verdict=answers]')).map((source) => source.dataset['chunk']);
		expect(all('evidence-row').length).toBe(turn.candidates.length);
		expect(new Set(answering())).toEqual(new Set(kept()));
		const before = kept();
		for (let press = 0; press < 12; press++) one('cut').dispatchEvent(new KeyboardEvent('keydown', { key: 'PageUp', bubbles: true }));
		flushSync();
		expect(kept().length).toBeLessThan(before.length);
		expect(new Set(answering())).toEqual(new Set(kept()));
		one('cut').dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape', bubbles: true }));
		flushSync();
		expect(kept()).toEqual(before);
	});
});

describe('the depth', () => {
	it('is remembered, and is one key away from any view', async () => {
		await greeted();
		const none = () => {};
		const list = commands({ settings: none, models: none, backup: none, palette: none, box: none, fresh: none });
		place.go('library');
		void byLetter('2', list)?.run();
		expect([depth.at, place.view, localStorage.getItem('assay.depth')]).toEqual(['why', 'ask', 'why']);
		const key = (code: string) => new KeyboardEvent('keydown', { key: code.slice(-1), code, ctrlKey: true });
		void pressed(key('Digit3'), list)?.run();
		expect(depth.at).toBe('scores');
		void pressed(new KeyboardEvent('keydown', { key: '3', code: 'Digit3', altKey: true }), list)?.run();
		expect(place.view).toBe('compare');
	});
	it('shows the answer alone, the ladder, or every score', async () => {
		await greeted();
		asking.clear();
		asking.question = 'When did Ottilie Brandvold die?';
		await asking.ask();
		const turn = asking.current as NonNullable<typeof asking.current>;
		const { all, leave: gone } = await mounted(TurnView, { turn, main: true });
		leave = gone;
		const shown = () => ['source', 'evidence', 'candidates', 'stages'].filter((test) => all(test).length > 0);
		expect(shown()).toEqual(['source']);
		depth.choose('why');
		flushSync();
		expect(shown()).toEqual(['source', 'evidence', 'stages']);
		depth.choose('scores');
		flushSync();
		expect(shown()).toEqual(['source', 'candidates', 'stages']);
	});
});

describe('the cited sentence', () => {
	it('is marked in its passage where it stands word for word', () => {
		const text = 'She lived. She died in her sleep. She was 84.';
		const quoted = pieces(text, [], [], null, spanOf('She died in her sleep.', text)).filter((piece) => piece.quoted);
		expect(quoted.map((piece) => piece.text)).toEqual(['She died in her sleep.']);
		expect([spanOf('', text), spanOf('He died', text)]).toEqual([null, null]);
	});
});

describe('the search over everything', () => {
	const entry = (kind: Entry['kind'], name: string, detail = ''): Entry => ({ kind, key: `${kind} ${name}`, name, detail, run: () => {} });
	const finder = new Finder([entry('command', 'Go to Compare'), entry('command', 'Open the settings'), entry('file', 'compare-notes.md', 'work'), entry('file', '合同 2024.docx', '法务'), entry('file', 'constructor.js', '__proto__'), entry('conversation', 'How do we compare bids?')]);
	const names = (words: string) => finder.find(words).map(({ name }) => name);

	it('lists commands until something is typed', () => expect(finder.find(' ').map(({ kind }) => kind)).toEqual(['command', 'command']));
	it('finds commands, then files, then conversations that hold the words', () => expect(names('compare').slice(0, 3)).toEqual(['Go to Compare', 'compare-notes.md', 'How do we compare bids?']));
	it('forgives a typing error, reads Chinese and folders', () => {
		expect(names('setings')[0]).toBe('Open the settings');
		expect(names('合同')).toEqual(['合同 2024.docx']);
		expect(names('法务')).toEqual(['合同 2024.docx']);
	});
	it('finds names that objects have by themselves', () => {
		expect(names('constructor')).toEqual(['constructor.js']);
		expect(names('__proto__')).toEqual(['constructor.js']);
	});
});

describe('finding in a document', () => {
	it('steps with the key of the field alone', async () => {
		const finding = new Finding(() => [{ index: 0, number: 1, text: 'a pump, a pump and a pump', chunks: [], outcome: 'text', reason: null, confidence: null, characters: 25, extractor: 'plain' } as never]);
		const { one, type, leave: gone } = await mounted(FindBar, { finding });
		leave = gone;
		type('find-in-document', 'pump');
		const step = vi.spyOn(finding, 'step');
		const press = (test: string, more: KeyboardEventInit = {}) => one(test).dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true, ...more }));
		press('find-in-document');
		press('find-in-document', { shiftKey: true });
		press('previous-found');
		press('find-in-document', { isComposing: true });
		document.body.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true }));
		expect(step.mock.calls).toEqual([[1], [-1]]);
	});
});
