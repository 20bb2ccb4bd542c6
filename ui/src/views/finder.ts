import Fuse from 'fuse.js';

/** Something that the search over everything leads to. */
export interface Entry {
	kind: 'command' | 'file' | 'conversation';
	/** Unlike that of every other entry. */
	key: string;
	name: string;
	/** What tells entries of one name apart: a folder. */
	detail: string;
	keys?: string;
	run: () => unknown;
}

const order: readonly Entry['kind'][] = ['command', 'file', 'conversation'];
/** Entries that are listed at most. */
const most = 40;

/** Finds entries by words that may be mistyped. Entries that hold the words as they are come first: commands, files, conversations. */
export class Finder {
	readonly #entries: readonly Entry[];
	readonly #fuse: Fuse<Entry>;

	constructor(entries: readonly Entry[]) {
		this.#entries = entries;
		this.#fuse = new Fuse(entries, { keys: [{ name: 'name', weight: 3 }, 'detail'], ignoreLocation: true, includeScore: true, threshold: 0.3 });
	}

	find(words: string): Entry[] {
		const wanted = words.trim().toLocaleLowerCase();
		if (wanted === '') return this.#entries.filter(({ kind }) => kind === 'command');
		const whole = (entry: Entry) => Number(!entry.name.toLocaleLowerCase().includes(wanted));
		return this.#fuse
			.search(wanted, { limit: most * 5 })
			.sort((a, b) => whole(a.item) - whole(b.item) || order.indexOf(a.item.kind) - order.indexOf(b.item.kind) || (a.score ?? 1) - (b.score ?? 1))
			.slice(0, most)
			.map(({ item }) => item);
	}
}
