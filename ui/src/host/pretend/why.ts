import type { Settings, WhyOutcome, WhyReply, WhyRequest, WhyStage, WhyStageName, WhyStanding } from '../../contract';
import { decide, inScope, library, type PretendPassage, retrieve, score } from './search';

const bare = (text: string) => text.toLowerCase().replace(/\s+/g, '');

function rung(name: WhyStageName, standing: WhyStanding, more: Partial<WhyStage> = {}): WhyStage {
	return { name, standing, rank: null, score: null, of: null, limit: null, probability: null, model: null, threshold: null, cut: null, reason: null, code: null, ...more };
}

/** Follows a text through the pretend stages. */
export function follow(request: WhyRequest, settings: Settings): WhyReply {
	const wanted = bare(request.text);
	const holders = library.filter((passage) => (request.document === null || passage.document === request.document) && bare(passage.text).includes(wanted));
	const ask = { question: request.question, collection: request.collection, conversation: null, rerank: request.rerank, keep: request.keep, retrieve: request.retrieve, ...(request.scope && { scope: request.scope }) };
	const found = retrieve(ask);
	const off = (request.rerank ?? settings.rerank) === 'off';
	const scored = off ? [] : found.slice(0, settings.rerank_pool).map((row) => ({ row, said: score(request.question, row) }));
	scored.sort((a, b) => b.said.logit - a.said.logit);
	const ranked = scored.map(({ row, said }, at) => ({ ...row, rerank: { ...said, rank: at + 1 } }));
	const { candidates, threshold } = decide([...ranked, ...found.slice(scored.length)], settings);
	const holder = holders.find(({ chunk }) => candidates.some((row) => row.chunk === chunk)) ?? holders[0];
	const at = candidates.findIndex((row) => row.chunk === holder?.chunk);
	const row = candidates[at];
	const names: WhyStageName[] = ['vector', 'lexical', 'fused', 'fold', 'rerank', 'kept'];
	let stages = names.map((name) => rung(name, 'not_searched'));
	let outcome: WhyOutcome = 'in_no_document';
	if (holder && request.collection !== null && request.collection !== 'samples') outcome = 'other_collection';
	else if (holder && !inScope(request.scope).includes(holder)) outcome = 'out_of_scope';
	else if (holder) {
		outcome = row?.outcome ?? 'not_in_pool';
		stages = ladder(request.question, holder, row, { at, all: candidates, off, settings });
	}
	const place = (passage: PretendPassage) => ({ chunk: passage.chunk, document: passage.document, name: passage.name, page: passage.page });
	return {
		question: request.question,
		text: request.text,
		found: holder !== undefined,
		matched: holder ? 'exact' : 'nowhere',
		likeness: null,
		passage: holder ? { ...place(holder), text: holder.text } : null,
		others: holders.filter((other) => other !== holder).map(place),
		stages,
		threshold,
		outcome,
		reason: '',
		duplicate_of: null,
		unread: [],
	};
}

type Row = ReturnType<typeof decide>['candidates'][number];

function ladder(question: string, holder: PretendPassage, row: Row | undefined, { at, all, off, settings }: { at: number; all: Row[]; off: boolean; settings: Settings }): WhyStage[] {
	const [limit, of] = [settings.retrieve, library.length];
	const alone = off ? null : score(question, { ...holder, vector: null, lexical: null, fused: null, rerank: null, outcome: 'not_reranked' });
	const beyond = { limit, of, cut: row ? null : 'not_in_pool' } as const;
	const read = { limit: settings.rerank_pool, model: settings.reranker };
	const threshold = off ? null : settings.threshold;
	const judged = (standing: WhyStanding, rank: number) => rung('rerank', standing, { rank, of: all.length, score: alone?.logit ?? null, probability: alone?.probability ?? null, ...read });
	return [
		row?.vector ? rung('vector', 'ranked', { rank: row.vector.rank, score: row.vector.similarity, limit, of }) : rung('vector', 'outside', { rank: of, score: 0.1, ...beyond }),
		row?.lexical ? rung('lexical', 'ranked', { rank: row.lexical.rank, score: row.lexical.score, limit, of }) : rung('lexical', 'no_match', beyond),
		row?.fused ? rung('fused', 'ranked', { rank: row.fused.rank, score: row.fused.score, of: all.length }) : rung('fused', 'cut_before'),
		row?.fused ? rung('fold', 'ranked', { rank: row.fused.rank, of: all.length }) : rung('fold', 'cut_before'),
		off ? rung('rerank', 'not_run', { code: 'reranking_off', reason: 'reranking is off' }) : row?.rerank ? judged('ranked', row.rerank.rank) : judged('outside', all.length + 1),
		row ? rung('kept', 'ranked', { rank: at + 1, of: all.length, limit: settings.keep, threshold, cut: row.outcome === 'kept' ? null : row.outcome }) : rung('kept', 'cut_before', { threshold }),
	];
}
