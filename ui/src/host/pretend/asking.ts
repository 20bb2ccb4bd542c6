import type { AnswerSentenceView, AnswerView, AskEvent, AskReply, AskRequest, CandidateRow, CitationRow, ProblemView, ReasonCode, Settings, StageName, StageRow, StageState } from '../../contract';
import { decide, inScope, type PretendPassage, retrieve, score } from './search';

/** `?quick` in the address removes the pauses. */
const quick = new URLSearchParams(location.search).has('quick');
const batch = quick ? 100 : 4;
export const wait = (ms: number) => new Promise((done) => setTimeout(done, quick ? 0 : ms));

function stage(name: StageName, ms: number, state: StageState = 'done', code: ReasonCode | null = null, reason: string | null = null): StageRow {
	return { name, ms, state, code, reason };
}

/** The sentence of a passage that is closest to the question. */
function quote(question: string, text: string): string {
	const sentences = text.match(/[^.。！？!?\n]+[.。！？!?]?/g) ?? [text];
	const letters = new Set(question.toLowerCase());
	const wanted = /die|去世/.test(question) ? /died|1961/ : /清/.test(question) ? /双氧水/ : /memory/i.test(question) ? /8 GB/ : null;
	const close = (sentence: string) => [...sentence.toLowerCase()].filter((letter) => letters.has(letter)).length / (sentence.length + 20);
	return (sentences.find((sentence) => wanted?.test(sentence)) ?? sentences.sort((a, b) => close(b) - close(a))[0] ?? text).trim();
}

function answer(question: string, candidates: CandidateRow[]): AnswerView {
	const kept = candidates.filter((row) => row.outcome === 'kept');
	const citations = kept.map(
		(row, at): CitationRow => ({ number: at + 1, chunk: row.chunk, document: row.document, name: row.name, page: row.page, quote: quote(question, row.text) }),
	);
	// A test can set the text of a written answer.
	const written = (globalThis as { assayWritten?: string }).assayWritten;
	if (written !== undefined) return { text: `${written} [1]`, kind: 'written', citations, refused: false, sentences: compared(`${written} [1]`) };
	if (citations.length === 0) return { text: '', kind: 'refused', citations: [], refused: true };
	const text = citations.slice(0, 2).map((row) => `${row.quote} [${row.number}]`).join('\n');
	return { text, kind: 'extractive', citations, refused: false };
}

/** The sentences of a written answer; those that cite the passage are found in it. */
function compared(text: string): AnswerSentenceView[] {
	const sentences = text.match(/[^.。！？!?\n]+(?:[.。！？!?]|\n|$)(?:\s*\[\d+\])*/g) ?? [text];
	return sentences.map((sentence): AnswerSentenceView => {
		const cites = [...sentence.matchAll(/\[(\d+)\]/g)].map((mark) => Number(mark[1]));
		if (cites.length === 0) return { text: sentence.trim(), cites, verdict: 'uncited' };
		return { text: sentence.trim(), cites, verdict: 'found', check: { model: 'mini-cross-encoder', by: 'reranker', score: 0.94, logit: 2.75, limit: 0.5 } };
	});
}

/** Removes the text of removed documents from a saved answer, as the program does. */
export function withdraw(reply: AskReply, documents: number[]) {
	const cited = reply.answer.citations.some((row) => documents.includes(row.document));
	const of = (row: { document: number }) => documents.includes(row.document);
	reply.candidates = reply.candidates.map((row) => (of(row) ? { ...row, name: '', text: '', heading: null } : row));
	const citations = reply.answer.citations.map((row) => (of(row) ? { ...row, name: '', quote: '' } : row));
	reply.answer = { ...reply.answer, citations, ...(cited ? { text: '', kind: 'withdrawn' } : {}) };
}

/** Searches for what a language model would draft: the passage finds what the vector search does, the wording its reverse. */
function drafted(question: string, rows: CandidateRow[], tell: (row: StageRow) => void): CandidateRow[] {
	const drafts: StageRow['drafts'] = [
		{ query: 'hypothetical', text: `${question} ${rows[0]?.text.slice(0, 80) ?? ''}`.trim() },
		{ query: 'variant_1', text: question.split(/\s+/).reverse().join(' ') },
	];
	tell({ ...stage('draft', 1840, 'done', 'drafted'), drafts });
	tell(stage('hypothetical', 9.4));
	tell(stage('variants', 12.2));
	const found = rows.filter((row) => row.vector !== null);
	return rows.map((row) => {
		const at = found.indexOf(row);
		if (at < 0) return row;
		const back = found.length - at;
		return {
			...row,
			drafted: [
				{ query: 'hypothetical', rank: at + 1, vector: row.vector, lexical: null },
				{ query: 'variant_1', rank: back, vector: row.vector && { ...row.vector, rank: back }, lexical: null },
			],
		};
	});
}

const counted = (passages: PretendPassage[]) => new Set(passages.map(({ document }) => document)).size;

/** Answers a question with the program's events, with visible pauses that can be cancelled. */
export async function answerQuestion(
	request: AskRequest,
	settings: Settings,
	stopped: () => boolean,
	onEvent: (event: AskEvent) => void,
): Promise<AskReply> {
	const { question } = request;
	const stages: StageRow[] = [];
	const tell = (row: StageRow) => {
		stages.push(row);
		onEvent({ kind: 'stage', stage: row });
	};

	await wait(160);
	tell(stage('embed', 11.84));
	tell(stage('vector', 2.31));
	tell(stage('lexical', 3.07));
	let rows = retrieve(request);
	if (settings.drafts !== 'off' && settings.writer === '') tell(stage('draft', 0, 'skipped', 'no_writer', 'no language model is chosen'));
	else if (settings.drafts === 'on') rows = drafted(question, rows, tell);
	tell(stage('fuse', 0.05));
	onEvent({ kind: 'retrieved', candidates: rows });

	const mode = request.rerank ?? settings.rerank;
	if (mode === 'off') {
		tell(stage('rerank', 0, 'skipped', 'reranking_off', 'reranking is off for this question'));
	} else {
		rows = await rerank(question, rows, stopped, onEvent);
		const read = rows.filter((row) => row.rerank).length;
		tell(
			stopped()
				? stage('rerank', read * 9.6, 'stopped', 'stopped', `stopped after ${read} of ${rows.length}`)
				: stage('rerank', rows.length * 9.6),
		);
	}

	const { candidates, threshold } = decide(rows, settings);
	tell(stage('keep', 0.02));
	onEvent({ kind: 'settled', candidates, threshold });

	const said = answer(question, candidates);
	for (const word of said.text.match(/\s*\S{1,12}/g) ?? []) {
		if (stopped()) break;
		onEvent({ kind: 'text', text: word });
		await wait(35);
	}
	tell(stage('answer', 4.6));

	return {
		question,
		...(request.collection !== null && { collection: request.collection }),
		...(request.scope && { scope: { documents: counted(inScope(request.scope)), of: counted(inScope(undefined)) } }),
		device: 'cpu (8 threads, int8 with avx2; no graphics card, because this build computes on the processor alone)',
		models: { embedder: settings.embedder, reranker: mode === 'off' ? null : settings.reranker, writer: said.kind === 'written' ? 'a model' : null, rerank_scale: mode === 'off' ? null : 'logit' },
		candidates,
		threshold,
		answer: said,
		stages,
		conversation: null,
	};
}

async function rerank(question: string, rows: CandidateRow[], stopped: () => boolean, onEvent: (event: AskEvent) => void): Promise<CandidateRow[]> {
	const all = rows.map((row) => ({ row, said: score(question, row) }));
	const scored = new Map<string, CandidateRow>();
	for (let from = 0; from < all.length && !stopped(); from += batch) {
		await wait(220);
		const now = all.slice(0, from + batch).sort((a, b) => b.said.logit - a.said.logit);
		now.forEach(({ row, said }, at) => scored.set(row.chunk, { ...row, rerank: { ...said, rank: at + 1 } }));
		const fresh = all.slice(from, from + batch).map(({ row }) => row.chunk);
		const scores = [...scored.values()].flatMap((row) => (row.rerank && fresh.includes(row.chunk) ? [{ chunk: row.chunk, rerank: row.rerank }] : []));
		onEvent({ kind: 'scored', scores, done: now.length, total: all.length });
	}
	return rows.map((row) => scored.get(row.chunk) ?? row);
}

export function problem(code: ProblemView['problem'], message: string, action: string): ProblemView {
	return { problem: code, message, action };
}
