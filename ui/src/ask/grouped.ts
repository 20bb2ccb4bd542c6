interface Quoted {
	chunk: string;
	quote: string;
}

/** Sources by passage: a passage that is quoted twice is one source with two quotes. */
export function grouped<Source extends Quoted>(sources: readonly Source[]): (Source & { quotes: string[] })[] {
	const found = new Map<string, Source & { quotes: string[] }>();
	for (const source of sources) {
		const known = found.get(source.chunk);
		if (!known) found.set(source.chunk, { ...source, quotes: [source.quote] });
		else if (!known.quotes.includes(source.quote)) known.quotes.push(source.quote);
	}
	return [...found.values()];
}
