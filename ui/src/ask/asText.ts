import type { AskReply, CitationRow, CitationVerdict } from '../contract';
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
	/** How sentences of a written answer stand to the passages that they cite. */
	verdicts: Record<CitationVerdict, string>;
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

/** The sentences of a written answer that cite nothing, or that were not found in what they cite. */
function doubts({ answer }: AskReply, says: Says): string[] {
	const doubtful = (answer.sentences ?? []).filter(({ verdict }) => verdict === 'uncited' || verdict === 'not_found');
	return doubtful.map(({ verdict, text }) => `${says.verdicts[verdict]}: “${text.replace(/\s+/g, ' ').trim()}”`);
}

/** An answer with its sources as plain text, for the clipboard. */
export function answerAsText(reply: AskReply, says: Says): string {
	const sources = grouped(reply.answer.citations).map((row) => source(row, says));
	const doubtful = doubts(reply, says);
	return [said(reply, says), ...(doubtful.length > 0 ? ['', ...doubtful] : []), ...(sources.length > 0 ? ['', `${says.sources}:`, ...sources] : [])].join('\n');
}

/** A conversation as Markdown, oldest question first. Answers are block-quoted, so that their headings do not mix with those of the questions. */
export function asMarkdown(replies: AskReply[], says: Says): string {
	const part = (reply: AskReply) => {
		const quoted = said(reply, says).split('\n').map((line) => `> ${line}`);
		const sources = [...doubts(reply, says), ...grouped(reply.answer.citations).map((row) => source(row, says))].map((line) => `- ${line}`);
		return [`## ${reply.question.replace(/\s+/g, ' ')}`, '', ...quoted, '', ...sources, '', `*${[reply.models.embedder, reply.models.reranker, reply.models.writer, reply.device].filter(Boolean).join(' · ')}*`].join('\n');
	};
	return `${replies.map(part).join('\n\n')}\n`;
}

/** A conversation as JSON, oldest question first, with unrounded scores. */
export function asJson(replies: AskReply[]): string {
	return `${JSON.stringify({ format: 'assay.conversation', version: 1, turns: replies }, null, 2)}\n`;
}
