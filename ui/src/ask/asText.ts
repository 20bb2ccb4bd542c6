import type { AskReply, CitationRow } from '../contract';
import { grouped } from './grouped';
import { refusalText, type RefusalWords } from './refusal';

/** Labels of the exported text, in the UI language. */
export interface Says {
	sources: string;
	page: (n: number) => string;
	/** Replaces the name of a removed document. */
	removed: string;
	/** Says why nothing was answered. */
	refusals: RefusalWords;
	/** Replaces an answer that used a removed document. */
	withdrawn: string;
}

function source({ number, name, page, quotes }: CitationRow & { quotes: string[] }, says: Says): string {
	if (name === '') return `[${number}] ${says.removed}`;
	const quoted = quotes.map((quote) => `“${quote.replace(/\s+/g, ' ').trim()}”`).join(' … ');
	return `[${number}] ${name}${page === null ? '' : `, ${says.page(page)}`}: ${quoted}`;
}

function said(reply: AskReply, says: Says): string {
	if (reply.answer.kind === 'withdrawn') return says.withdrawn;
	return reply.answer.refused ? refusalText(reply.answer, reply.candidates, says.refusals) : reply.answer.text.trim();
}

/** An answer with its sources as plain text, for the clipboard. */
export function answerAsText(reply: AskReply, says: Says): string {
	const sources = grouped(reply.answer.citations).map((row) => source(row, says));
	return [said(reply, says), ...(sources.length > 0 ? ['', `${says.sources}:`, ...sources] : [])].join('\n');
}

/** A conversation as Markdown, oldest question first. Answers are block-quoted, so that their headings do not mix with those of the questions. */
export function asMarkdown(replies: AskReply[], says: Says): string {
	const part = (reply: AskReply) => {
		const quoted = said(reply, says).split('\n').map((line) => `> ${line}`);
		const sources = grouped(reply.answer.citations).map((row) => `- ${source(row, says)}`);
		return [`## ${reply.question.replace(/\s+/g, ' ')}`, '', ...quoted, '', ...sources, '', `*${[reply.models.embedder, reply.models.reranker, reply.models.writer, reply.device].filter(Boolean).join(' · ')}*`].join('\n');
	};
	return `${replies.map(part).join('\n\n')}\n`;
}

/** A conversation as JSON, oldest question first, with unrounded scores. */
export function asJson(replies: AskReply[]): string {
	return `${JSON.stringify({ format: 'assay.conversation', version: 1, turns: replies }, null, 2)}\n`;
}
