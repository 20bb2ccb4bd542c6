import type { ProblemView, RerankChoice, ScopeChoice, WhyReply } from '../contract';
import { asProblem, host } from '../host';

/** What is asked for besides the question and the text. */
export interface Limits {
	collection?: string | null;
	document?: number | null;
	scope?: ScopeChoice | undefined;
	rerank?: RerankChoice | null;
}

/** A text that is followed through the stages of a question. */
class Following {
	open = $state(false);
	question = $state('');
	text = $state('');
	running = $state(false);
	reply = $state.raw<WhyReply | null>(null);
	problem = $state.raw<ProblemView | null>(null);
	#limits: Limits = {};
	#asked = 0;

	ready = $derived(!this.running && this.question.trim() !== '' && this.text.trim() !== '');

	/** Opens the ladder; looks at once if there is a question. */
	async show(question: string, text: string, limits: Limits = {}) {
		this.open = true;
		this.question = question;
		this.text = text;
		this.reply = null;
		this.problem = null;
		this.#limits = limits;
		await this.look();
	}

	/** Follows the text; an earlier request that is still running is ignored. */
	async look() {
		if (this.question.trim() === '' || this.text.trim() === '') return;
		const mine = ++this.#asked;
		this.running = true;
		this.reply = null;
		this.problem = null;
		const { collection = null, document = null, scope, rerank = null } = this.#limits;
		try {
			const reply = await host.why({ question: this.question.trim(), text: this.text.trim(), document, collection, ...(scope && { scope }), rerank, keep: null, retrieve: null });
			if (mine === this.#asked) this.reply = reply;
		} catch (thrown) {
			if (mine === this.#asked) this.problem = asProblem(thrown);
		}
		if (mine === this.#asked) this.running = false;
	}

	/** Closes the ladder and stops the request behind it. */
	async close() {
		this.open = false;
		if (!this.running) return;
		this.#asked += 1;
		this.running = false;
		await host.stopAsk();
	}
}

export const following = new Following();
