import type { ConversationRow, ProblemView, TurnRow } from '../contract';
import { asProblem, host } from '../host';

class History {
	rows = $state<ConversationRow[]>([]);
	problem = $state<ProblemView | null>(null);

	async read() {
		await this.#try(async () => this.#take(await host.conversations()));
	}

	async turns(id: number): Promise<TurnRow[]> {
		return (await this.#try(() => host.turns(id))) ?? [];
	}

	async delete(id: number) {
		await this.#try(async () => this.#take(await host.deleteConversation(id)));
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
