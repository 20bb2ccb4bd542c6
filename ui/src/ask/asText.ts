import type { AskReply, CitationRow } from '../contract';

/** The words that name a place, in the language of the screen. */
export interface Says {
	sources: string;
	page: (n: number) => string;
	/** In the place of what was removed. */
	removed: string;
	/** In the place of an answer that was made of it. */
	withdrawn: string;
}

function source({ number, name, page, quote }: CitationRow, says: Says): string {
	if (name === '') return `[${number}] ${says.removed}`;
	return `[${number}] ${name}${page === null ? '' : `, ${says.page(page)}`}: “${quote.replace(/\s+/g, ' ').trim()}”`;
}

function said(reply: AskReply, says: Says): string {
	return reply.answer.kind === 'withdrawn' ? says.withdrawn : reply.answer.text.trim();
}

/** An answer with its sources, for pasting elsewhere. */
export function answerAsText(reply: AskReply, says: Says): string {
	const sources = reply.answer.citations.map((row) => source(row, says));
	return [said(reply, says), ...(sources.length > 0 ? ['', `${says.sources}:`, ...sources] : [])].join('\n');
}

/** A conversation as Markdown, the oldest question first. What files say is quoted, so that it stays text. */
export function asMarkdown(replies: AskReply[], says: Says): string {
	const part = (reply: AskReply) => {
		const quoted = said(reply, says).split('\n').map((line) => `> ${line}`);
		const sources = reply.answer.citations.map((row) => `- ${source(row, says)}`);
		return [`## ${reply.question.replace(/\s+/g, ' ')}`, '', ...quoted, '', ...sources, '', `*${[reply.models.embedder, reply.models.reranker, reply.models.writer, reply.device].filter(Boolean).join(' · ')}*`].join('\n');
	};
	return `${replies.map(part).join('\n\n')}\n`;
}

/** A conversation as JSON, the oldest question first: every score as the engine gave it. */
export function asJson(replies: AskReply[]): string {
	return `${JSON.stringify({ format: 'assay.conversation', version: 1, turns: replies }, null, 2)}\n`;
}
