import { describe, expect, it } from 'vitest';

import { answerAsText, asMarkdown } from '../src/ask/asText';
import { leadsTo, tokens } from '../src/ask/markdown';
import { pairs } from '../src/compare/difference';
import type { AskReply, CandidateRow, Outcome } from '../src/contract';
import { foundIn, locate, stretches } from '../src/document/marked';
import { matches, pieces } from '../src/explain/pieces';
import { asCsv } from '../src/scores/export';
import { en } from '../src/words/en';
import { logitOf, margin, sieved, sigmoidOf, stacked, wouldKeep } from '../src/scores/threshold';

function row(chunk: string, logit: number | null, rank: number, outcome: Outcome, text = `text of ${chunk}`): CandidateRow {
	return {
		chunk,
		document: 1,
		name: 'a.txt',
		page: 2,
		heading: null,
		text,
		vector: null,
		lexical: null,
		fused: { score: 0.01, rank },
		rerank: logit === null ? null : { logit, probability: sigmoidOf(logit), rank, tokens_read: 5, tokens_total: 5 },
		outcome,
	};
}

const rows = [
	row('a', 4, 1, 'kept'),
	row('b', 2, 2, 'kept'),
	row('c', 1.5, 3, 'duplicate'),
	row('d', 0.2, 4, 'beyond_top'),
	row('e', -1, 5, 'below_threshold'),
	row('f', null, 6, 'not_reranked'),
];

function reply(candidates: CandidateRow[]): AskReply {
	return {
		question: 'When?',
		device: 'cpu',
		models: { embedder: 'e', reranker: 'r', writer: null, rerank_scale: 'logit' },
		candidates,
		threshold: { value: 0.5, on: 'rerank.probability', why: '', rule: 'fixed' },
		answer: { text: 'In 1938 [1].\n# no head', kind: 'extractive', refused: false, citations: [{ number: 1, chunk: 'a', document: 1, name: 'a.txt', page: 2, quote: 'in\n1938' }] },
		stages: [],
		conversation: null,
	};
}

describe('a cut that is tried', () => {
	const check = (cut: number, keep: number, kept: string) => expect([...wouldKeep(rows, cut, keep)].join('')).toBe(kept);
	it('keeps what the program kept at its own cut', () => check(0.5, 2, 'ab'));
	it('leaves duplicates out and stops at the top', () => {
		check(0.5, 5, 'abd');
		check(0.01, 3, 'abd');
		check(0.01, 9, 'abde');
		check(0.999, 9, '');
	});
	it('has a margin only where there is something on both sides', () => {
		expect(margin(rows, 0.5)?.gap).toBeCloseTo(1.2);
		expect(margin(rows, 0.001)).toBeNull();
	});
	it('goes from sigmoid to logit and back', () => {
		for (const logit of [-8, -0.5, 0, 3, 9]) expect(logitOf(sigmoidOf(logit))).toBeCloseTo(logit, 6);
	});
	it('shows every scored passage as one dot, none over another', () => {
		const dots = stacked(rows, (logit) => Math.round(logit / 4));
		expect(dots.length).toBe(5);
		expect(new Set(dots.map(({ logit, level }) => `${Math.round(logit / 4)}/${level}`)).size).toBe(5);
	});
});

describe('the filter', () => {
	const check = (words: string, hidden: Outcome[], left: string) => expect(sieved(rows, { words, hidden: new Set(hidden) }).map(({ chunk }) => chunk).join('')).toBe(left);
	it('looks for words and hides outcomes', () => {
		check('', [], 'abcdef');
		check(' TEXT OF B ', [], 'b');
		check('', ['kept', 'duplicate'], 'def');
		check('nowhere', [], '');
	});
});

describe('a passage cut in pieces', () => {
	const text = 'Ada died in Oslo. 她去世了。 The end';
	const sentences = [
		{ start: 0, end: 17 },
		{ start: 18, end: 23 },
	];
	it('is whole again when joined, whatever is marked', () => {
		for (const [question, readTo] of [['when did ada die in oslo', 20], ['她何时去世', null], ['', 0]] as const) {
			const parts = pieces(text, sentences, matches(question, text), readTo);
			expect(parts.map((part) => part.text).join('')).toBe(text);
		}
	});
	it('marks whole words of the question, in both languages', () => {
		const found = (question: string) => matches(question, text).map(({ start, end }) => text.slice(start, end));
		expect(found('Did ADA go to Oslo?')).toEqual(['Ada', 'Oslo']);
		expect(found('谁去世')).toContain('去世');
		expect(found('an')).toEqual([]);
	});
	it('knows its sentences and where the model stopped', () => {
		const parts = pieces(text, sentences, [], 20);
		expect(parts.filter((part) => part.sentence === 0).map((part) => part.text).join('')).toBe('Ada died in Oslo.');
		expect(parts.filter((part) => part.unread).map((part) => part.text).join('')).toBe(text.slice(20));
	});
});

describe('a document', () => {
	it('is cut at chunk borders, also where chunks overlap', () => {
		const parts = stretches('0123456789', [{ chunk: 'x', start: 0, end: 6 }, { chunk: 'y', start: 4, end: 10 }], 'y');
		expect(parts.map(({ text, marked }) => `${text}${marked ? '*' : ''}`)).toEqual(['0123', '45*', '6789*']);
		expect(parts.flatMap(({ begins }) => begins)).toEqual(['x', 'y']);
	});
	const runs = ['She handed the ', 'desk to Aa-', 'kre and moved', ' inland. She handed'].map((text) => ({ text }));
	it('finds a passage across runs, hyphens and line ends', () => expect(locate(runs, 'the desk to\nAakre and moved')).toEqual({ from: 0, to: 2 }));
	it('finds words in any case, across runs and white space, each time they occur', () => {
		const said = (words: string) => foundIn(runs, words).map(({ from, to }) => `${from.run}:${from.offset}-${to.run}:${to.offset}`);
		expect(said('SHE HANDED')).toEqual(['0:0-0:10', '3:9-3:19']);
		expect(said('desk to aakre')).toEqual(['1:0-2:3']);
		expect(said(' - ')).toEqual([]);
		expect(foundIn([{ text: 'ﬁn 一二一二' }], '一二')).toHaveLength(2);
	});
	it('is cut where words were found', () => {
		const parts = stretches('0123456789', [{ chunk: 'x', start: 0, end: 6 }], 'x', [{ start: 4, end: 8 }]);
		expect(parts.map(({ text, hit }) => `${text}${hit ?? ''}`)).toEqual(['0123', '450', '670', '89']);
	});
	it('marks nothing it is not sure of', () => {
		expect(locate(runs, 'the desk to Bakre and moved')).toBeNull();
		expect(locate([{ text: 'a long passage' }, { text: 'a long passage' }], 'a long passage')).toBeNull();
		expect(locate(runs, 'She')).toBeNull();
	});
});

describe('two set-ups', () => {
	it('put what one of them keeps first and say who keeps it', () => {
		const other = [row('d', 3, 1, 'kept'), row('a', 2, 2, 'kept'), row('z', -4, 3, 'below_threshold')];
		const found = pairs(reply(rows), reply(other));
		expect(found.slice(0, 3).map(({ row, keptBy }) => `${row.chunk} ${keptBy}`)).toEqual(['a both', 'd onlyB', 'b onlyA']);
		expect(found.length).toBe(7);
		expect(found.find(({ row }) => row.chunk === 'z')?.a).toBeNull();
	});
});

describe('what leaves the screen', () => {
	const says = { sources: 'Sources', page: (n: number) => `p. ${n}`, removed: 'Removed', withdrawn: 'Taken out', refusals: en.ask.refusals, verdicts: en.ask.verdicts };
	it('carries its source', () => expect(answerAsText(reply(rows), says)).toContain('[1] a.txt, p. 2: “in 1938”'));
	it('says which sentences were not found in what they cite', () => {
		const written = { ...reply(rows), answer: { ...reply(rows).answer, sentences: [{ text: 'It was 1938.', cites: [1], verdict: 'not_found' as const }, { text: 'In Oslo.', cites: [1], verdict: 'found' as const }] } };
		expect(answerAsText(written, says)).toContain('not found in the passage: “It was 1938.”');
		expect(asMarkdown([written], says)).toContain('- not found in the passage: “It was 1938.”\n');
		expect(answerAsText(written, says)).not.toContain('Oslo');
	});
	it('quotes an answer in Markdown, so that it stays text', () => expect(asMarkdown([reply(rows)], says)).toContain('> # no head'));
	it('says what was taken out with its document', () => {
		const withdrawn = reply(rows);
		withdrawn.answer = { ...withdrawn.answer, text: '', kind: 'withdrawn', citations: withdrawn.answer.citations.map((row) => ({ ...row, name: '', quote: '' })) };
		expect(answerAsText(withdrawn, says)).toBe('Taken out\n\nSources:\n[1] Removed');
	});
	it('cannot start a formula in a spreadsheet and keeps exact numbers', () => {
		const csv = asCsv([row('a', -1.25, 1, 'kept', '=1+1, "quoted"\nsecond line')]);
		expect(csv).toContain('"\'=1+1, ""quoted""\nsecond line"');
		expect(csv).toContain(',-1.25,');
	});
});

describe('Markdown of an answer', () => {
	const kinds = (text: string) => JSON.stringify(tokens(text)[0]);
	it('never turns a citation into a link', () => {
		for (const text of ['See [1].\n\n[1]: http://evil.test/', '[1][2]\n\n[2]: javascript:x()']) expect(kinds(text)).not.toContain('"type":"link"');
	});
	it('leads to the web and to mail alone', () => {
		expect(leadsTo('https://a.test/')).toBe('https://a.test/');
		for (const address of ['javascript:x()', 'data:text/html,x', 'file:///etc', 'tauri://localhost', '/here', 'JaVaScRiPt:x()']) expect(leadsTo(address)).toBeNull();
	});
});
