import { Lexer, Marked, type Token } from 'marked';

/**
 * Markdown as tokens, never as HTML: what comes out is drawn by components, so nothing that a model or a file wrote can
 * become markup. Reference definitions are left as text, so that `[1]` stays a citation whatever follows.
 */
const options = new Marked({ gfm: true, breaks: true, tokenizer: { def: () => undefined, reflink: () => undefined } }).defaults;

export function tokens(text: string): Token[] {
	return new Lexer(options).lex(text);
}

/** Only addresses of the web and of mail are worth showing as a link; anything else is text. */
export function leadsTo(address: string): string | null {
	try {
		const url = new URL(address);
		return ['http:', 'https:', 'mailto:'].includes(url.protocol) ? url.href : null;
	} catch {
		return null;
	}
}

/** A token's own words, with what Markdown escaped put back. */
export function plain(token: Token): string {
	const text = 'text' in token && typeof token.text === 'string' ? token.text : token.raw;
	return text.replace(/&(lt|gt|amp|quot|#39);/g, (_, name: string) => ({ lt: '<', gt: '>', amp: '&', quot: '"', '#39': "'" })[name] ?? '');
}
