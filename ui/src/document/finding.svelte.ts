import type { DocumentPage } from '../contract';
import { foundIn, type Run } from './marked';

/** An occurrence in a page's text as it was read. */
export interface Hit {
	/** The page's index. */
	page: number;
	start: number;
	end: number;
}

/** Words looked for in the open document, and the occurrence on show. */
export class Finding {
	words = $state('');
	at = $state(0);
	readonly #pages: () => readonly DocumentPage[];
	/** Runs that stay the same object while the document does, because folded text is kept by it. */
	#runs = $derived.by(() => this.#pages().map((page): [number, readonly Run[]] => [page.index, [{ text: page.text }]]));
	hits = $derived.by(() => this.#runs.flatMap(([page, runs]) => foundIn(runs, this.words).map(({ from, to }): Hit => ({ page, start: from.offset, end: to.offset }))));
	current = $derived(this.hits[this.at] ?? null);

	constructor(pages: () => readonly DocumentPage[]) {
		this.#pages = pages;
	}

	look(words: string) {
		this.words = words;
		this.at = 0;
	}

	/** Goes to the next occurrence, or back by -1; starts again at the ends. */
	step(by: number) {
		const all = this.hits.length;
		if (all > 0) this.at = (this.at + by + all) % all;
	}

	of(page: number): Hit[] {
		return this.hits.filter((hit) => hit.page === page);
	}

	/** Which occurrence of its page is on show; -1 for none of it. */
	within(page: number): number {
		return this.current?.page === page ? this.of(page).indexOf(this.current) : -1;
	}
}
