import type { ExplainEvent, ExplainReply, ProblemView, SentenceRow } from '../contract';
import { asProblem, host } from '../host';

/** The explanation of one passage as it streams in. */
class Explaining {
	/** The explained passage. */
	chunk = $state<string | null>(null);
	question = $state('');
	running = $state(false);
	reply = $state.raw<ExplainReply | null>(null);
	problem = $state.raw<ProblemView | null>(null);

	done = $derived(this.reply?.sentences.filter((row) => row.change !== null).length ?? 0);
	/** The largest absolute change, which scales the shading. */
	largest = $derived(Math.max(0.0001, ...(this.reply?.sentences ?? []).map((row) => Math.abs(row.change ?? 0))));

	async start(question: string, chunk: string) {
		this.chunk = chunk;
		this.question = question;
		this.running = true;
		this.reply = null;
		this.problem = null;
		const mine = () => this.chunk === chunk && this.question === question;
		try {
			const reply = await host.explain({ question, chunk }, (event) => {
				if (mine()) this.#on(event);
			});
			if (mine()) this.reply = reply;
		} catch (thrown) {
			if (mine()) this.problem = asProblem(thrown);
		}
		if (mine()) this.running = false;
	}

	async stop() {
		if (this.running) await host.stopExplain();
	}

	/** Stops the running explanation when another passage opens. */
	leave() {
		void this.stop();
		this.chunk = null;
		this.reply = null;
		this.problem = null;
		this.running = false;
	}

	#on(event: ExplainEvent) {
		if (event.kind === 'begun') {
			this.reply = event.reply;
			return;
		}
		if (!this.reply) return;
		if (event.kind === 'whole') {
			const { logit, tokens_read, tokens_total } = event;
			this.reply = { ...this.reply, logit, tokens_read, tokens_total };
			return;
		}
		const { index, logit_without, change } = event;
		const sentences = this.reply.sentences.map((row, at): SentenceRow => (at === index ? { ...row, logit_without, change } : row));
		this.reply = { ...this.reply, sentences };
	}
}

export const explaining = new Explaining();
