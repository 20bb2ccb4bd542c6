import type { AskReply, CitationRow } from '../contract';

/** Labels of the exported text, in the UI language. */
export interface Says {
	sources: string;
	page: (n: number) => string;
	/** Replaces the name of a removed document. */
	removed: string;
	/** Replaces an answer that used a removed document. */
	withdrawn: string;
}

function source({ number, name, page, quote }: CitationRow, says: Says): string {
	if (name === '') return `[${number}] ${says.removed}`;
	return `[${number}] ${name}${page === null ? '' : `, ${says.page(page)}`}: “${quote.replace(/\s+/g, ' ').trim()}”`;
}

function said(reply: AskReply, says: Says): string {
	return reply.answer.kind === 'withdrawn' ? says.withdrawn : reply.answer.text.trim();
}

/** An answer with its sources as plain text, for the clipboard. */
export function answerAsText(reply: AskReply, says: Says): string {
	const sources = reply.answer.citations.map((row) => source(row, says));
	return [said(reply, says), ...(sources.length > 0 ? ['', `${says.sources}:`, ...sources] : [])].join('\n');
}

/** A conversation as Markdown, oldest question first. Answers are block-quoted, so that their headings do not mix with those of the questions. */
export function asMarkdown(replies: AskReply[], says: Says): string {
	const part = (reply: AskReply) => {
		const quoted = said(reply, says).split('\n').map((line) => `> ${line}`);
		const sources = reply.answer.citations.map((row) => `- ${source(row, says)}`);
		return [`## ${reply.question.replace(/\s+/g, ' ')}`, '', ...quoted, '', ...sources, '', `*${[reply.models.embedder, reply.models.reranker, reply.models.writer, reply.device].filter(Boolean).join(' · ')}*`].join('\n');
	};
	return `${replies.map(part).join('\n\n')}\n`;
}

/** A conversation as JSON, oldest question first, with unrounded scores. */
export function asJson(replies: AskReply[]): string {
	return `${JSON.stringify({ format: 'assay.conversation', version: 1, turns: replies }, null, 2)}\n`;
}
