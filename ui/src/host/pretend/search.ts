import type { AskRequest, CandidateRow, Outcome, RerankView, ScopeChoice, Settings, ThresholdView } from '../../contract';
import passages from './passages.json';

export interface PretendPassage {
	chunk: string;
	document: number;
	name: string;
	page: number | null;
	heading: string | null;
	text: string;
}

/** A test can set its own passages before the page starts. */
const given = (globalThis as { assayPassages?: Omit<PretendPassage, 'chunk' | 'document'>[] }).assayPassages;
const source = given ?? passages;
const names = [...new Set(source.map((passage) => passage.name))];

/** `?many` in the address repeats the passages, to test a long list. */
const copies = new URLSearchParams(location.search).has('many') ? 9 : 1;

/** Chunks of the sample library. */
export const library: PretendPassage[] = Array.from({ length: copies }, () => source)
	.flat()
	.map((passage, at) => {
		const document = names.indexOf(passage.name) + 1;
		return { ...passage, document, chunk: `${document}:${at + 1}` };
	});

/** Fake cross-encoder: a pattern of the question, of the passage that answers it and of the near miss. */
const answers: [question: RegExp, passage: RegExp, near: RegExp][] = [
	[/\b(die|died|death)\b/i, /died in her sleep/, /was born at|carried back/],
	[/\bborn\b/i, /was born at/, /died in her sleep/],
	[/memory.*3\.2|3\.2.*memory/i, /3\.2 needs at least 8 GB/, /2\.4 runs with 4 GB/],
	[/去世|逝/, /1961年12月/, /1889年4月12日|父亲去世/],
	[/清掉|清除|怎么清|除霉/, /紫外灯/, /清除起来麻烦|还有丝/],
];

const stops = new Set('a an and are at did do does how in is it of on the to was were what when which who why with for'.split(' '));

function words(text: string): string[] {
	const latin = (text.toLowerCase().match(/[a-z0-9.]+/g) ?? []).filter((word) => !stops.has(word));
	const runs = text.match(/[\u4e00-\u9fff]+/g) ?? [];
	return [...latin, ...runs.flatMap((run) => [...run].slice(1).map((letter, at) => run.charAt(at) + letter))];
}

/** A small number that depends only on the text, so that pretend scores vary. */
function jitter(text: string): number {
	let hash = 2166136261;
	for (const letter of text) hash = Math.imul(hash ^ (letter.codePointAt(0) ?? 0), 16777619);
	return ((hash >>> 0) % 10007) / 10007;
}

const single = (value: number) => Number(Math.fround(value).toPrecision(8));
const isChinese = (text: string) => /[\u4e00-\u9fff]/.test(text);

function overlap(asked: string[], text: string): number {
	const here = words(text);
	return asked.filter((word) => here.includes(word)).length / Math.max(1, asked.length);
}

/** The passages of a scope, of which the documents, the formats and Chinese as a language count here. */
export function inScope(scope: ScopeChoice | undefined): PretendPassage[] {
	const { documents, formats, languages } = scope ?? {};
	return library.filter(
		({ document, name, text }) =>
			(!documents || documents.includes(document)) &&
			(!formats || formats.some((format) => name.endsWith(`.${format}`))) &&
			(!languages || languages.some((code) => (code === 'cmn') === isChinese(text))),
	);
}

/** Both retrievers and their fusion, without rerank scores. */
export function retrieve({ question, collection, scope }: AskRequest): CandidateRow[] {
	// All pretend passages are in the collection `samples`.
	if (collection !== null && collection !== 'samples') return [];
	const library = inScope(scope);
	const asked = words(question);
	const scored = library.map((passage) => {
		const shared = overlap(asked, `${passage.heading ?? ''} ${passage.text}`);
		const sameLanguage = isChinese(question) === isChinese(passage.text);
		const found = words(passage.text).filter((word) => asked.includes(word)).length;
		return {
			passage,
			similarity: single((sameLanguage ? 0.22 : -0.06) + shared * 0.42 + jitter(passage.text + question) * 0.2),
			bm25: single(found === 0 ? 0 : (found / (found + 1.1)) * 7.3 * (0.4 + shared) * (180 / (120 + passage.text.length) + 0.5)),
		};
	});
	const byVector = [...scored].sort((a, b) => b.similarity - a.similarity).slice(0, 24 * copies);
	const byWords = scored.filter((row) => row.bm25 > 0).sort((a, b) => b.bm25 - a.bm25);
	const rows = [...new Set([...byVector, ...byWords])].map((row) => {
		const vectorRank = byVector.indexOf(row) + 1;
		const lexicalRank = byWords.indexOf(row) + 1;
		const score = (vectorRank && 1 / (60 + vectorRank)) + (lexicalRank && 1 / (60 + lexicalRank));
		return {
			...row.passage,
			vector: vectorRank ? { similarity: row.similarity, rank: vectorRank } : null,
			lexical: lexicalRank ? { score: row.bm25, rank: lexicalRank } : null,
			fused: { score, rank: 0 },
			rerank: null,
			outcome: 'not_reranked' as const,
		};
	});
	rows.sort((a, b) => b.fused.score - a.fused.score);
	return rows.map((row, at) => ({ ...row, fused: { score: row.fused.score, rank: at + 1 } }));
}

/** A pretend rerank score, without its rank. */
export function score(question: string, row: CandidateRow): Omit<RerankView, 'rank'> {
	const about = overlap(words(question), `${row.heading ?? ''} ${row.text}`);
	let logit = -9.5 + about * 5 + jitter(question + row.text) * 3;
	for (const [asks, answer, near] of answers) {
		if (!asks.test(question)) continue;
		if (answer.test(row.text)) logit = 5.2 + jitter(row.text);
		else if (near.test(row.text)) logit = Math.max(logit, -0.4 + jitter(row.text) * 1.4);
		break;
	}
	const total = Math.ceil(row.text.length / (isChinese(row.text) ? 1.4 : 4.2));
	return { logit: single(logit), probability: single(1 / (1 + Math.exp(-logit))), tokens_read: Math.min(total, 140), tokens_total: total };
}

/** Sets the outcomes and the final order. */
export function decide(rows: CandidateRow[], settings: Settings): { candidates: CandidateRow[]; threshold: ThresholdView } {
	const reranked = rows.some((row) => row.rerank);
	const order = [...rows].sort((a, b) => (a.rerank?.rank ?? 1e6 + (a.fused?.rank ?? 0)) - (b.rerank?.rank ?? 1e6 + (b.fused?.rank ?? 0)));
	let kept = 0;
	const candidates = order.map((row) => {
		let outcome: Outcome = 'kept';
		if (reranked && !row.rerank) outcome = 'not_reranked';
		else if (row.rerank && row.rerank.probability < settings.threshold) outcome = 'below_threshold';
		else if (kept >= settings.keep) outcome = 'beyond_top';
		else kept += 1;
		return { ...row, outcome };
	});
	const threshold: ThresholdView = reranked
		? { value: settings.threshold, on: 'rerank.probability', why: 'the fixed value of the settings', rule: 'fixed' }
		: { value: null, on: 'none', why: 'nothing was reranked', rule: 'not_reranked' };
	return { candidates, threshold };
}
