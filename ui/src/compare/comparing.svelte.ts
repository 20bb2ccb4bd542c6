import type { AskReply, ProblemView, SetUp, Settings } from '../contract';
import { asProblem, host } from '../host';

type Limits = Pick<SetUp, 'collection' | 'scope'>;

/** Compares one question under two set-ups. */
class Comparing {
	question = $state('');
	a = $state<SetUp | null>(null);
	b = $state<SetUp | null>(null);
	replies = $state.raw<{ a: AskReply; b: AskReply } | null>(null);
	problem = $state.raw<ProblemView | null>(null);
	running = $state(false);
	/** The form that the replies answer; they are stale once it says something else. */
	ran = $state.raw<{ question: string; a: SetUp; b: SetUp } | null>(null);
	stale = $derived(this.replies !== null && JSON.stringify(this.ran) !== JSON.stringify(this.#form()));
	/** What the question that was taken over searched. */
	limits = $state.raw<Limits>({ collection: null });
	/** Whether both set-ups search only that. */
	limited = $state(true);
	narrow = $derived(this.limits.collection !== null || this.limits.scope !== undefined);
	#followed = '';

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

	/** Takes over the question that was asked last, unless the user wrote another one here. */
	follow(question: string, limits: Limits) {
		if (this.question === '' || this.question === this.#followed) this.question = question;
		this.#followed = question;
		this.limits = limits;
	}

	#form() {
		const { a, b } = this;
		const limits = this.limited && this.narrow ? this.limits : { collection: null };
		return a && b && { question: this.question.trim(), a: { ...$state.snapshot(a), ...limits }, b: { ...$state.snapshot(b), ...limits } };
	}

	async run() {
		const form = this.#form();
		if (!form || form.question === '' || this.running) return;
		this.running = true;
		this.problem = null;
		this.replies = null;
		const asked = (setup: SetUp): SetUp => ({ ...setup, question: form.question, threshold: setup.threshold ?? null });
		try {
			// In sequence: parallel runs would slow each other and falsify the times.
			const left = await host.whatIf(asked(form.a));
			this.replies = { a: left, b: await host.whatIf(asked(form.b)) };
			this.ran = form;
		} catch (thrown) {
			this.problem = asProblem(thrown);
		}
		this.running = false;
	}
}

export const comparing = new Comparing();
