import type { ProblemView, ProposalRow } from '../contract';
import { asProblem, host } from '../host';
import { labels } from './labels.svelte';

/** Proposed questions to accept or reject. A question is saved only when accepted. */
class Proposing {
	/** Proposals, with the user's edits. */
	rows = $state<ProposalRow[]>([]);
	reading = $state(false);
	accepted = $state(0);
	problem = $state.raw<ProblemView | null>(null);
	#round = 0;

	async begin() {
		this.accepted = 0;
		await this.more();
	}

	/** Replaces the remaining proposals with the next round. */
	async more() {
		if (this.reading) return;
		this.reading = true;
		this.problem = null;
		try {
			this.rows = await host.proposeQuestions(this.#round++);
		} catch (thrown) {
			this.problem = asProblem(thrown);
		}
		this.reading = false;
	}

	async accept(row: ProposalRow) {
		this.problem = null;
		try {
			labels.rows = await host.acceptQuestion({ question: row.question, chunk: row.chunk, relevant: true });
			this.accepted += 1;
			this.reject(row);
		} catch (thrown) {
			this.problem = asProblem(thrown);
		}
	}

	reject(row: ProposalRow) {
		this.rows = this.rows.filter((other) => other.chunk !== row.chunk);
	}
}

export const proposing = new Proposing();
