import { Lexer, Marked, type Token } from 'marked';

/**
 * Markdown as tokens, never as HTML. Components render the tokens, so nothing that a model or a file wrote can
 * become markup. Reference definitions stay text, so that `[1]` is always a citation.
 */
const options = new Marked({ gfm: true, breaks: true, tokenizer: { def: () => undefined, reflink: () => undefined } }).defaults;

export function tokens(text: string): Token[] {
	// Some models leave out the space behind the marks of a heading. One mark alone may be a number or a tag.
	return new Lexer(options).lex(text.replace(/^(#{2,6})(?=[^\s#])/gm, '$1 '));
}

/** A quote from a Markdown file without the marks of its headings, which are not words of it. */
export function plainQuote(text: string): string {
	return text.replace(/^ {0,3}#{1,6}[ \t]+/gm, '');
}

/** The address if it is http, https or mailto; null for any other, which is shown as text. */
export function leadsTo(address: string): string | null {
	try {
		const url = new URL(address);
		return ['http:', 'https:', 'mailto:'].includes(url.protocol) ? url.href : null;
	} catch {
		return null;
	}
}

/** A token's text, with HTML entities decoded. */
export function plain(token: Token): string {
	const text = 'text' in token && typeof token.text === 'string' ? token.text : token.raw;
	return text.replace(/&(lt|gt|amp|quot|#39);/g, (_, name: string) => ({ lt: '<', gt: '>', amp: '&', quot: '"', '#39': "'" })[name] ?? '');
}
