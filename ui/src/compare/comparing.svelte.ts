import type { AskReply, ProblemView, SetUp, Settings } from '../contract';
import { asProblem, host } from '../host';

/** Compares one question under two set-ups. */
class Comparing {
	question = $state('');
	a = $state<SetUp | null>(null);
	b = $state<SetUp | null>(null);
	replies = $state.raw<{ a: AskReply; b: AskReply } | null>(null);
	problem = $state.raw<ProblemView | null>(null);
	running = $state(false);

	/** Sets the first comparison, once: current settings against reranking off. */
	begin(settings: Settings) {
		if (this.a) return;
		const usual: SetUp = {
			question: '',
			collection: null,
			rerank: settings.rerank === 'off' ? 'on' : settings.rerank,
			reranker: null,
			retrieve: settings.retrieve,
			rerank_pool: settings.rerank_pool,
			keep: settings.keep,
			threshold: settings.threshold_rule === 'fixed' ? settings.threshold : null,
		};
		this.a = usual;
		this.b = { ...usual, rerank: 'off' };
	}

	async run() {
		const { a, b } = this;
		const question = this.question.trim();
		if (!a || !b || question === '' || this.running) return;
		this.running = true;
		this.problem = null;
		this.replies = null;
		const asked = (setup: SetUp): SetUp => ({ ...$state.snapshot(setup), question, threshold: setup.threshold ?? null });
		try {
			// In sequence: parallel runs would slow each other and falsify the times.
			const left = await host.whatIf(asked(a));
			this.replies = { a: left, b: await host.whatIf(asked(b)) };
		} catch (thrown) {
			this.problem = asProblem(thrown);
		}
		this.running = false;
	}
}

export const comparing = new Comparing();
