import type { ImportReply, LabelRow, ProblemView } from '../contract';
import { asProblem, host } from '../host';

/** The relevance labels, as the program stores them. */
class Labels {
	rows = $state.raw<LabelRow[]>([]);
	imported = $state.raw<ImportReply | null>(null);
	problem = $state.raw<ProblemView | null>(null);

	questions = $derived(new Set(this.rows.filter((row) => row.grade > 0).map((row) => row.question)).size);
	/** Number of labelled questions that came from proposals, which share words with their passage. */
	proposed = $derived(new Set(this.rows.filter((row) => row.origin === 'proposed').map((row) => row.question)).size);
	relevant = $derived(this.rows.filter((row) => row.grade > 0).length);

	/** The label of a passage for a question: true, false, or null if there is none. */
	of(question: string, passage: string, name: string, page: number | null): boolean | null {
		const found = this.rows.find((row) => row.question === question && row.passage === passage && row.name === name && row.page === page);
		return found ? found.grade > 0 : null;
	}

	read() {
		return this.#take(() => host.labels());
	}

	mark(question: string, chunk: string, relevant: boolean | null) {
		return this.#take(() => host.mark({ question, chunk, relevant }));
	}

	remove(id: number) {
		return this.#take(() => host.deleteLabels([id]));
	}

	async import(folder: boolean) {
		await this.#take(async () => {
			const reply = await host.importLabels(folder);
			if (reply) this.imported = reply;
			return reply?.labels ?? this.rows;
		});
	}

	async #take(call: () => Promise<LabelRow[]>) {
		this.problem = null;
		try {
			this.rows = await call();
		} catch (thrown) {
			this.problem = asProblem(thrown);
		}
	}
}

export const labels = new Labels();
