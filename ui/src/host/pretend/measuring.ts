import type { Interval, LabelRow, OrderName, ProposalRow, ProposalSource, RunRow, Settings } from '../../contract';
import type { Host } from '../types';
import { problem, wait } from './asking';
import { library } from './search';

type Measuring = Pick<Host, 'mark' | 'labels' | 'proposeQuestions' | 'acceptQuestion' | 'deleteLabels' | 'importLabels' | 'measure' | 'runs' | 'deleteRun' | 'triplets'>;

const imported = [
	'When did Ottilie Brandvold die?',
	'How much memory does Fathomlight 3.2 need?',
	'柏令仪是哪一年去世的？',
	'镜头上的霉丝怎么清掉？',
	'Who laughed at the Skarhavn Tables?',
	'What was the first tide gauge made of?',
	'What does version 2.4 run with?',
	'Where was the midwife wrong?',
];

/** Proposed questions by the passage's index. */
const proposals: [at: number, question: string, from: ProposalSource][] = [
	[9, 'What is Fathomlight?', 'definition'],
	[11, 'What does “Version 3.2 "Kelp"” say about thumbnail cache?', 'label'],
	[30, '关于“它吃什么”，文中怎么说？', 'heading'],
	[6, 'What is said about “Quarrels and a medal”?', 'heading'],
	[33, '关于“皮套的罪过”，文中怎么说？', 'heading'],
	[16, 'What is said about “How versions are named”?', 'heading'],
];

function proposed([at, question, from]: (typeof proposals)[number]): ProposalRow {
	const row = library[at % library.length];
	const given = (globalThis as { assayPassages?: unknown }).assayPassages !== undefined;
	const { chunk = '', name = '', page = null, heading = null, text = '' } = row ?? {};
	return { question: given ? (heading ?? question) : question, from, chunk, name, page, heading, passage: text };
}

/** Labels and runs, in memory; the numbers of a run are invented. */
export function measuring(settings: () => Settings): Measuring {
	let labels: LabelRow[] = [];
	let runs: RunRow[] = [];
	let next = 1;

	return {
		async mark({ question, chunk, relevant }) {
			const label = labelOf(question, chunk, relevant ?? false, next++);
			labels = labels.filter((row) => row.question !== question || row.passage !== label?.passage);
			if (relevant !== null && label) labels = [...labels, label];
			return structuredClone(labels);
		},
		async labels() {
			return structuredClone(labels);
		},
		async proposeQuestions(round) {
			await wait(300);
			const known = new Set(labels.map((row) => row.question));
			if ('assayPassages' in globalThis) return library.slice(round * 40, round * 40 + 40).map((_, at) => proposed([at + round * 40, '', 'label']));
			return proposals.slice(round % 2 === 0 ? 0 : 4, round % 2 === 0 ? 4 : undefined).map(proposed).filter((row) => !known.has(row.question));
		},
		async acceptQuestion({ question, chunk }) {
			if (question.trim() === '') throw problem('empty_question', 'the question has no words', 'write one, or leave it out');
			const label = labelOf(question.trim(), chunk, true, next++);
			if (label) labels = [...labels, { ...label, origin: 'proposed' }];
			return structuredClone(labels);
		},
		async deleteLabels(ids) {
			labels = labels.filter((row) => !ids.includes(row.id));
			return structuredClone(labels);
		},
		async importLabels() {
			await wait(200);
			const fresh = imported.map((question): LabelRow => ({ id: next++, question, passage: `The passage that answers “${question}”`, name: null, page: null, grade: 1, origin: 'imported' }));
			labels = [...labels.filter((row) => row.origin !== 'imported'), ...fresh];
			return { taken: fresh.length, questions: fresh.length, refused: ['line 9 has no question'], labels: structuredClone(labels) };
		},
		async measure(onStep) {
			const questions = [...new Set(labels.filter((row) => row.grade > 0).map((row) => row.question))];
			if (questions.length === 0) throw problem('empty_question', 'there is no question with a passage marked as relevant', 'mark passages while reading, or import questions');
			for (let done = 1; done <= questions.length; done++) {
				await wait(90);
				onStep({ done, total: questions.length });
			}
			const run = madeUp(questions, settings(), runs.length);
			runs = [run, ...runs];
			return structuredClone(run);
		},
		async runs() {
			return structuredClone(runs);
		},
		async deleteRun(id) {
			runs = runs.filter((run) => run.id !== id);
			return structuredClone(runs);
		},
		async triplets(mined) {
			const negatives = (question: string) => [
				...labels.filter((no) => no.grade === 0 && no.question === question).map((no) => ({ negative: no.passage, negative_from: 'marked' })),
				...(mined ? library.slice(-2).map((row) => ({ negative: row.text, negative_from: 'mined' })) : []),
			];
			const pairs = labels.filter((row) => row.grade > 0).flatMap((yes) => negatives(yes.question).map((no) => ({ query: yes.question, positive: yes.passage, ...no })));
			if (pairs.length === 0) throw problem('empty_question', 'no question has both a relevant and a not relevant passage', 'mark some of both for the same question, or add mined passages');
			return `${pairs.map((pair) => JSON.stringify(pair)).join('\n')}\n`;
		},
	};
}

/** The label of a passage; null if the passage is unknown. */
function labelOf(question: string, chunk: string, relevant: boolean, id: number): LabelRow | null {
	const row = library.find((passage) => passage.chunk === chunk);
	return row ? { id, question, passage: row.text, name: row.name, page: row.page, grade: Number(relevant), origin: 'marked' } : null;
}

function madeUp(questions: string[], settings: Settings, before: number): RunRow {
	const spread = (mean: number): Interval => ({ mean, low: Math.max(0, mean - 0.11), high: Math.min(1, mean + 0.08) });
	const order = (name: OrderName, mean: number, p50: number) => ({ name, ndcg: spread(mean), mrr: spread(mean - 0.02), recall: spread(mean + 0.06), p50, p95: p50 * 1.6 });
	const value = (at: number, by: number) => [1, 0.63, 1, 0.5, 0.39, 1, 0, 0.71][(at * by + before) % 8] ?? 0;
	return {
		id: before + 1,
		created: Math.floor(Date.now() / 1000),
		embedder: settings.embedder,
		reranker: settings.reranker,
		device: 'cpu (8 threads, int8 with avx2; no graphics card, because this build computes on the processor alone)',
		chunk_tokens: settings.chunk_tokens,
		retrieve: settings.retrieve,
		rerank_pool: settings.rerank_pool,
		orders: [order('vector', 0.61, 14), order('lexical', 0.66, 4), order('hybrid', 0.72, 18), order('reranked', 0.87 + before * 0.01, 412)],
		questions: questions.map((question, at) => ({ question, relevant: 1, vector: value(at, 3), lexical: value(at, 5), hybrid: value(at, 2), reranked: at % 5 === 3 ? 0.63 : 1 })),
		cuts: Array.from({ length: 30 }, (_, at) => ({ cut: at / 29, precision: 0.18 + 0.8 * (at / 29) ** 0.6, recall: 1 - 0.75 * (at / 29) ** 3 })),
		suggested: 0.62,
		bands: [0, 1, 2, 4, 6, 7, 8, 9].map((band) => ({ from: band / 10, mean: band / 10 + 0.05, passages: band === 0 ? 310 : 14, relevant: spread(Math.min(0.95, (band / 10) ** 1.4 + 0.02)) })),
		unmarked_counted: true,
	};
}
