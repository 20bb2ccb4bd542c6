import type { AskReply, DocumentPage, DocumentRow, DocumentView, ExplainReply, SentenceRow, SetUp, Settings } from '../../contract';
import type { Host } from '../types';
import { problem, wait } from './asking';
import { measuring } from './measuring';
import { score, library, retrieve, decide } from './search';
import { follow } from './why';

type Inspecting = Pick<
	Host,
	| 'explain'
	| 'stopExplain'
	| 'why'
	| 'whatIf'
	| 'document'
	| 'original'
	| 'cost'
	| 'mark'
	| 'labels'
	| 'proposeQuestions'
	| 'acceptQuestion'
	| 'deleteLabels'
	| 'importLabels'
	| 'measure'
	| 'runs'
	| 'deleteRun'
	| 'triplets'
	| 'saveText'
	| 'print'
>;

/** Explanations, comparisons, documents, cost, export. */
export function inspecting(settings: () => Settings, known: (document: number) => DocumentRow | undefined): Inspecting {
	let explaining = 0;
	return {
		async explain({ question, chunk }, onEvent) {
			const mine = ++explaining;
			const row = library.find((passage) => passage.chunk === chunk);
			if (!row) throw problem('missing_file', `no passage ${chunk}`, 'ask again');
			const logit = (text: string) => score(question, { ...row, text, vector: null, lexical: null, fused: null, rerank: null, outcome: 'not_reranked' }).logit;
			const reply: ExplainReply = {
				model: settings().reranker,
				logit: null,
				tokens_read: 0,
				tokens_total: 0,
				read_to: row.text.length > 900 ? 820 : null,
				sentences: sentences(row.text),
				stopped: false,
			};
			onEvent({ kind: 'begun', reply: structuredClone(reply) });
			await wait(120);
			reply.logit = logit(row.text);
			reply.tokens_total = Math.ceil(row.text.length / 4.2);
			reply.tokens_read = Math.min(reply.tokens_total, 200);
			onEvent({ kind: 'whole', logit: reply.logit, tokens_read: reply.tokens_read, tokens_total: reply.tokens_total });
			for (const [index, sentence] of reply.sentences.entries()) {
				if (mine !== explaining) return { ...reply, stopped: true };
				await wait(140);
				sentence.logit_without = logit(row.text.slice(0, sentence.start) + row.text.slice(sentence.end));
				sentence.change = reply.logit - sentence.logit_without;
				onEvent({ kind: 'sentence', index, logit_without: sentence.logit_without, change: sentence.change });
			}
			return reply;
		},
		async stopExplain() {
			explaining += 1;
		},
		async why(request) {
			await wait(300);
			return follow(request, settings());
		},
		async whatIf(setup) {
			await wait(500);
			return tried(setup, settings());
		},
		async document(document) {
			await wait(60);
			return paged(document, known(document));
		},
		async original(document) {
			const name = known(document)?.name ?? '';
			// Names set by a test have no files.
			if ('assayPassages' in globalThis) throw problem('missing_file', `${name} is no file`, '');
			const file = await fetch(`/${name}`);
			if (!name.endsWith('.pdf') || !file.ok || !(file.headers.get('content-type') ?? '').includes('pdf')) {
				throw problem('missing_file', `${name} has changed since it was read`, 'add it again; until then its text is shown as read');
			}
			return file.arrayBuffer();
		},
		async cost() {
			await wait(900);
			return {
				device: 'cpu (8 threads, int8 with avx2; no graphics card, because this build computes on the processor alone)',
				embedder: settings().embedder,
				reranker: settings().reranker,
				without: null,
				pairs: 48,
				pair_tokens: 87.4,
				pairs_per_second: 104.2,
				embed_ms: 11.8,
				search_ms: 2.3,
				pool: settings().rerank_pool,
				chunks: library.length,
				memory: 412_090_368,
				peak_memory: 498_110_464,
				disk: [
					{ what: 'catalogue', bytes: 331_776 },
					{ what: 'index', bytes: 1_214_000 },
					{ what: 'models', bytes: 0 },
				],
			};
		},
		...measuring(settings),
		async saveText(name, text) {
			const link = document.createElement('a');
			link.href = URL.createObjectURL(new Blob([text]));
			link.download = name;
			link.click();
			return true;
		},
		async print() {
			print();
		},
	};
}

function sentences(text: string): SentenceRow[] {
	return [...text.matchAll(/[^.。！？!?\n]+[.。！？!?]*\s*/g)].map(({ 0: found, index }) => ({
		start: index,
		end: index + found.trimEnd().length,
		logit_without: null,
		change: null,
	}));
}

function tried(setup: SetUp, settings: Settings): AskReply {
	const question = setup.question;
	const { collection, scope } = setup;
	const found = retrieve({ question, collection, ...(scope && { scope }), conversation: null, rerank: setup.rerank, keep: null, retrieve: setup.retrieve });
	const off = setup.rerank === 'off';
	const shift = setup.reranker && setup.reranker !== settings.reranker ? 0.6 : 0;
	const pool = off ? [] : found.slice(0, setup.rerank_pool);
	const all = pool.map((row) => ({ row, said: score(question, row) }));
	all.sort((a, b) => b.said.logit - a.said.logit);
	const scored = all.map(({ row, said }, at) => ({ ...row, rerank: { ...said, logit: said.logit - shift, rank: at + 1 } }));
	const rows = [...scored, ...found.slice(pool.length)];
	const wanted = { ...settings, keep: setup.keep, threshold: setup.threshold ?? settings.threshold };
	return {
		question,
		device: 'cpu (8 threads, int8 with avx2; no graphics card, because this build computes on the processor alone)',
		models: { embedder: settings.embedder, reranker: off ? null : (setup.reranker ?? settings.reranker), writer: null, rerank_scale: off ? null : 'logit' },
		...decide(rows, wanted),
		answer: { text: '', kind: 'none', citations: [], refused: false },
		stages: [
			{ name: 'embed', ms: 11.8, state: 'done', reason: null, code: null },
			{ name: 'rerank', ms: pool.length * 9.6, state: off ? 'skipped' : 'done', reason: off ? 'off' : null, code: off ? 'reranking_off' : null },
		],
		conversation: null,
	};
}

/** Audit fields of a page. In a PDF, page 2 comes from the second reader with a letters fault and page 3 from OCR, so that each kind is shown. */
function audited(pdf: boolean, index: number, text: string): Omit<DocumentPage, 'index' | 'number' | 'text' | 'chunks'> {
	const characters = [...text].length;
	if (!pdf) return { outcome: 'text', reason: null, code: null, extractor: 'format', characters, confidence: null };
	if (index % 3 === 1) return { outcome: 'failed', reason: '9 of 212 characters do not say which letter they are (a font without Unicode)', code: 'letters', extractor: 'second', characters, confidence: null };
	return { outcome: 'text', reason: null, code: null, extractor: index % 3 === 2 ? 'ocr' : 'pdf-extract', characters, confidence: index % 3 === 2 ? 91 : null };
}

function paged(document: number, row: DocumentRow | undefined): DocumentView {
	const own = library.filter((passage) => passage.document === document && passage.name === row?.name);
	const name = row?.name ?? '';
	const pdf = name.endsWith('.pdf');
	const numbers = own.length > 0 ? [...new Set(own.map((passage) => passage.page))] : Array.from({ length: row?.pages ?? 0 }, (_, at) => at + 1);
	const pages = numbers.map((number, index): DocumentPage => {
		if (own.length === 0) return { index, number, text: '', outcome: 'scanned', reason: 'scanned; install Tesseract to read it', code: 'no_recognition', extractor: 'none', characters: 0, confidence: null, chunks: [] };
		let text = '';
		const chunks = own
			.filter((passage) => passage.page === number)
			.map((passage) => {
				if (text !== '') text += '\n\n';
				const start = text.length;
				text += passage.text;
				return { chunk: passage.chunk, start, end: text.length };
			});
		return { index, number, text, chunks, ...audited(pdf, index, text) };
	});
	return { document, name, pdf, pages };
}
