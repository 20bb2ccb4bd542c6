// @vitest-environment happy-dom
import { afterEach, describe, expect, it, vi } from 'vitest';

import { asking } from '../src/ask/asking.svelte';
import type { WhyReply, WhyStage } from '../src/contract';
import { depth } from '../src/desk/depth.svelte';
import { host } from '../src/host';
import DocumentPane from '../src/views/DocumentPane.svelte';
import { passages } from '../src/views/passages.svelte';
import { place } from '../src/views/place.svelte';
import TurnView from '../src/views/TurnView.svelte';
import { following } from '../src/why/following.svelte';
import Ladder from '../src/why/Ladder.svelte';
import { facts } from '../src/why/verdict';
import { speech } from '../src/words/speech.svelte';
import { en } from '../src/words/en';
import { greeted, mounted } from './mounted';

let leave: () => unknown = () => {};
afterEach(() => {
	leave();
	leave = () => {};
	vi.restoreAllMocks();
});

const QUESTION = 'When did Ottilie Brandvold die?';

/** The question's turn; it is asked once. */
async function asked() {
	await greeted();
	if (asking.current?.question !== QUESTION) {
		asking.question = QUESTION;
		await asking.ask();
	}
	return asking.current as NonNullable<typeof asking.current>;
}

function stage(name: WhyStage['name'], more: Partial<WhyStage>): WhyStage {
	return { name, standing: 'ranked', rank: null, score: null, of: null, limit: null, probability: null, model: null, threshold: null, cut: null, reason: null, code: null, ...more };
}

function reply(more: Partial<WhyReply>): WhyReply {
	const threshold = { value: 0.5, on: 'rerank.probability', why: '', rule: 'fixed' } as const;
	const passage = { chunk: '1-0', document: 1, name: 'a.txt', page: 3 };
	return { question: 'q', text: 't', found: true, matched: 'exact', likeness: null, passage, others: [], stages: [], threshold, outcome: 'kept', reason: '', duplicate_of: null, unread: [], ...more };
}

describe('a text that was not found', () => {
	it('is pasted under the answer and followed for the question as it was asked', async () => {
		const turn = await asked();
		const dropped = turn.candidates.find((row) => row.outcome === 'below_threshold');
		depth.choose('why');
		const { one, type, until, leave: gone } = await mounted(TurnView, { turn, main: true });
		leave = gone;
		const why = vi.spyOn(host, 'why');
		expect((one('why-open') as HTMLButtonElement).disabled).toBe(true);
		const quote = (dropped?.text ?? '').slice(0, 60).toUpperCase();
		type('why-field', quote);
		(one('why-form') as HTMLFormElement).requestSubmit();
		await until(() => following.reply !== null);
		expect(why.mock.calls[0]?.[0]).toMatchObject({ question: QUESTION, text: quote.trim(), document: null, rerank: asking.rerank });
		expect(following.open && following.reply?.passage?.chunk).toBe(dropped?.chunk);
		expect(following.reply?.outcome).toBe('below_threshold');
		await following.close();
		expect(following.open).toBe(false);
	}, 30_000);
	it('is selected in the text of a document', async () => {
		const turn = await asked();
		const row = turn.candidates[0];
		passages.last = turn;
		place.openDocument(row?.document ?? 1, row?.chunk ?? null);
		const { one, all, press, until, leave: gone } = await mounted(DocumentPane, {});
		leave = gone;
		await until(() => all('document-mark').length > 0);
		expect(all('why-selected')).toEqual([]);
		const words = one('document-mark').firstChild as Text;
		const range = document.createRange();
		range.setStart(words, 0);
		range.setEnd(words, 40);
		document.getSelection()?.removeAllRanges();
		document.getSelection()?.addRange(range);
		document.dispatchEvent(new Event('selectionchange'));
		await until(() => all('why-selected').length === 1);
		press('why-selected');
		await until(() => following.reply !== null);
		expect([following.question, following.text]).toEqual([QUESTION, words.data.slice(0, 40).trim()]);
		expect(following.reply?.passage?.document).toBe(row?.document);
		await following.close();
	});
	it('is not followed without a question, and an earlier reply does not replace a later one', async () => {
		await greeted();
		const why = vi.spyOn(host, 'why');
		await following.show('', 'words');
		expect([following.open, why.mock.calls.length]).toEqual([true, 0]);
		let late: (reply: WhyReply) => void = () => {};
		why.mockImplementationOnce(() => new Promise((done) => (late = done)));
		const first = following.show('first?', 'words');
		why.mockImplementationOnce(async () => reply({ question: 'second?' }));
		await following.show('second?', 'words');
		late(reply({ question: 'first?' }));
		await first;
		expect(following.reply?.question).toBe('second?');
		await following.close();
	});
});

describe('the ladder', () => {
	const cut = reply({
		outcome: 'not_in_pool',
		stages: [
			stage('vector', { standing: 'outside', rank: 1143, of: 2310, score: 0.4123, limit: 100, cut: 'not_in_pool' }),
			stage('lexical', { standing: 'no_match', of: 9, limit: 100, cut: 'not_in_pool' }),
			stage('fused', { standing: 'cut_before' }),
			stage('rerank', { standing: 'outside', rank: 2, of: 51, score: 1.5, probability: 0.8176, limit: 50 }),
			stage('kept', { standing: 'cut_before', threshold: 0.5 }),
		],
	});
	it('shows rank, score and cut of every stage, and nothing where there is none', async () => {
		const { all, one, leave: gone } = await mounted(Ladder, { reply: cut });
		leave = gone;
		const rungs = all('rung').map((rung) => rung.textContent?.replace(/\s+/g, ' ').trim());
		expect(rungs[0]).toContain('1,143 of 2,310');
		expect(rungs[0]).toContain('cosine 0.412');
		expect(rungs[1]).toContain('—');
		expect(rungs[1]).not.toMatch(/\d\.\d/);
		expect(rungs[3]).toContain('logit 1.500');
		expect(rungs[3]).toContain('judged for this alone');
		expect(all('rung').map((rung) => rung.dataset['cut'])).toEqual(['not_in_pool', 'not_in_pool', undefined, undefined, undefined]);
		expect(one('why-verdict').textContent).toContain('With 1,143 candidates');
	});
	it('says in both languages where the text is and what was not read', async () => {
		const unread = [{ document: 2, name: 'scan.pdf', whole: false, page: 4, reason: 'no recognition' }];
		const absent = reply({ outcome: 'page_not_read', found: false, matched: 'nowhere', passage: null, unread });
		for (const [language, words] of [['en', 'It is on no page'], ['zh', '读出的页面上都没有它']] as const) {
			speech.use(language);
			const { all, text, leave: gone } = await mounted(Ladder, { reply: absent });
			expect(text()).toContain(words);
			expect(text()).toContain('scan.pdf');
			expect(all('rung')).toEqual([]);
			gone();
		}
		speech.use('en');
	});
	it('names the numbers that decided', () => {
		const kept = (more: Partial<WhyStage>) => stage('kept', { rank: 7, limit: 5, threshold: 0.5, ...more });
		const scored = stage('rerank', { rank: 7, score: -1, probability: 0.269 });
		for (const [outcome, stages, wanted] of [
			['below_threshold', [scored, kept({ cut: 'below_threshold' })], /0\.269.*0\.5/],
			['beyond_top', [scored, kept({ cut: 'beyond_top' })], /7.*best 5/],
			['not_reranked', [stage('fold', { rank: 63 }), stage('rerank', { limit: 50, cut: 'not_reranked' })], /first 50.*63/],
		] as const) {
			expect(en.why.verdicts[outcome](facts(reply({ outcome, stages: [...stages] })))).toMatch(wanted);
		}
		expect(facts(reply({ outcome: 'duplicate', duplicate_of: { chunk: '2-0', document: 2, name: 'b.txt', page: null } })).original).toBe('b.txt');
	});
});
