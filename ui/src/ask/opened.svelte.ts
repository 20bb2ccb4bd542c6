import type { PassageView, ProblemView } from '../contract';
import { asProblem, host } from '../host';

/** The open passage and the list it was opened from. */
class Opened {
	chunks = $state<string[]>([]);
	at = $state(0);
	/** The cited sentence that the passage was opened at; empty for the whole passage. */
	quote = $state('');
	passage = $state<PassageView | null>(null);
	problem = $state<ProblemView | null>(null);

	chunk = $derived(this.chunks[this.at]);

	open(chunks: string[], chunk: string, quote = '') {
		this.chunks = [...new Set(chunks)];
		void this.go(Math.max(0, this.chunks.indexOf(chunk)));
		this.quote = quote;
	}

	async go(at: number) {
		const chunk = this.chunks[at];
		if (chunk === undefined) return;
		this.at = at;
		this.quote = '';
		this.problem = null;
		if (this.passage?.chunk !== chunk) this.passage = null;
		try {
			const passage = await host.passage(chunk);
			if (this.chunk === chunk) this.passage = passage;
		} catch (thrown) {
			if (this.chunk === chunk) this.problem = asProblem(thrown);
		}
	}

	close() {
		this.chunks = [];
		this.passage = null;
		this.problem = null;
	}
}

export const opened = new Opened();
