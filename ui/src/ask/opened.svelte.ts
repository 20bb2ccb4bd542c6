import type { PassageView, ProblemView } from '../contract';
import { asProblem, host } from '../host';

/** The open passage and the list it was opened from. */
class Opened {
	chunks = $state<string[]>([]);
	at = $state(0);
	passage = $state<PassageView | null>(null);
	problem = $state<ProblemView | null>(null);

	chunk = $derived(this.chunks[this.at]);

	open(chunks: string[], chunk: string) {
		this.chunks = chunks;
		void this.go(Math.max(0, chunks.indexOf(chunk)));
	}

	async go(at: number) {
		const chunk = this.chunks[at];
		if (chunk === undefined) return;
		this.at = at;
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
