import type { ConversationRow, ProblemView, TurnRow } from '../contract';
import { asProblem, host } from '../host';

class History {
	rows = $state<ConversationRow[]>([]);
	problem = $state<ProblemView | null>(null);
	/** The search words, and the matching conversations; null while no search is active. */
	words = $state('');
	found = $state.raw<ConversationRow[] | null>(null);
	shown = $derived(this.found ?? this.rows);
	#waiting: ReturnType<typeof setTimeout> | undefined;

	async read() {
		await this.#try(async () => this.#take(await host.conversations()));
	}

	/** Searches after typing pauses. */
	find(words: string) {
		this.words = words;
		clearTimeout(this.#waiting);
		if (words.trim() === '') this.found = null;
		else this.#waiting = setTimeout(() => void this.#find(words), 150);
	}

	async #find(words: string) {
		await this.#try(async () => {
			const found = await host.findConversations(words);
			if (this.words === words) this.found = found;
		});
	}

	async turns(id: number): Promise<TurnRow[]> {
		return (await this.#try(() => host.turns(id))) ?? [];
	}

	async delete(id: number) {
		await this.#try(async () => this.#take(await host.deleteConversation(id)));
		this.found = this.found?.filter((row) => row.id !== id) ?? null;
	}

	#take(rows: ConversationRow[]) {
		this.rows = [...rows].sort((a, b) => b.created - a.created || b.id - a.id);
	}

	async #try<Value>(work: () => Promise<Value>): Promise<Value | undefined> {
		this.problem = null;
		try {
			return await work();
		} catch (thrown) {
			this.problem = asProblem(thrown);
			return undefined;
		}
	}
}

export const history = new History();
