import type { ShownCandidate } from '../candidate';
import type { AnswerView, AskEvent, AskReply, ModelsUsed, ProblemView, RerankChoice, ScopeChoice, StageRow, ThresholdView, TurnRow } from '../contract';
import { asProblem, host } from '../host';
import { characters } from '../shared/format';
import { filters } from './filters.svelte';
import { retrieved, withScores } from './stream';

/** Maximum length of a question, in characters. */
export const questionLimit = 4000;

let keys = 0;

/** A question and its state so far. */
export class Turn {
	readonly key = ++keys;
	readonly question: string;
	/** The collection that the question was limited to; null for all. */
	readonly collection: string | null;
	/** What else limited the documents that it searched. */
	scope: ScopeChoice | undefined;
	/** Whether it was to be reranked; null as the settings say. */
	rerank: RerankChoice | null = null;
	phase = $state<'searching' | 'reranking' | 'answering' | 'done'>('searching');
	scored = $state(0);
	toScore = $state(0);
	/** Replaced whole, never mutated (`$state.raw`): a list holds up to hundreds. */
	candidates = $state.raw<ShownCandidate[]>([]);
	threshold = $state.raw<ThresholdView | null>(null);
	/** The answer's text as it streams in. */
	text = $state('');
	/** What a model wrote to itself before the answer, as it streams in. */
	thinking = $state('');
	/** The question as it was searched, where a follow-up was rewritten. */
	standalone = $state<string | null>(null);
	answer = $state.raw<AnswerView | null>(null);
	stages = $state.raw<StageRow[]>([]);
	models = $state.raw<ModelsUsed | null>(null);
	device = $state<string | null>(null);
	problem = $state.raw<ProblemView | null>(null);
	reply = $state.raw<AskReply | null>(null);
	/** Why the turn was not saved. */
	unsaved = $state.raw<ProblemView | null>(null);
	/** Set for a saved turn of which only the question and the answer could be read. */
	readonly unreadable: boolean;
	#heard = '';

	constructor(question: string, collection: string | null = null, unreadable = false) {
		this.question = question;
		this.collection = collection;
		this.unreadable = unreadable;
	}

	/** Applies the final reply. */
	end(reply: AskReply) {
		this.candidates = reply.candidates;
		this.threshold = reply.threshold;
		this.answer = reply.answer;
		this.standalone = reply.standalone ?? null;
		this.stages = reply.stages;
		this.models = reply.models;
		this.device = reply.device;
		this.reply = reply;
		this.unsaved = reply.unsaved ?? null;
		this.phase = 'done';
	}

	fail(problem: ProblemView) {
		this.problem = problem;
		this.phase = 'done';
	}

	/** Buffers streamed text and appends it once per frame. */
	#hear(text: string) {
		if (this.#heard === '') requestAnimationFrame(() => this.#draw());
		this.#heard += text;
	}

	#draw() {
		this.text += this.#heard;
		this.#heard = '';
	}

	/** Applies a progress event; ignores events after the end. */
	on(event: AskEvent) {
		if (this.phase === 'done') return;
		switch (event.kind) {
			case 'stage':
				this.stages = [...this.stages.filter((stage) => stage.name !== event.stage.name), event.stage];
				break;
			case 'stands_alone':
				this.standalone = event.question;
				break;
			case 'retrieved':
				this.candidates = retrieved(event.candidates);
				break;
			case 'scored':
				this.phase = 'reranking';
				this.scored = event.done;
				this.toScore = event.total;
				this.candidates = withScores(this.candidates, event.scores);
				break;
			case 'settled':
				this.phase = 'answering';
				this.candidates = event.candidates;
				this.threshold = event.threshold;
				break;
			case 'thinking':
				this.thinking += event.text;
				break;
			case 'text':
				this.phase = 'answering';
				this.#hear(event.text);
				break;
			case 'failed':
				this.problem = event.problem;
				break;
		}
	}
}

class Asking {
	question = $state('');
	rerank = $state<RerankChoice>('auto');
	/** Limits questions to this collection; null for all. */
	collection = $state<string | null>(null);
	/** Questions asked in this window, newest first. */
	asked = $state.raw<string[]>([]);
	#back = -1;
	#draft = '';
	current = $state<Turn | null>(null);
	/** Earlier turns, newest first. */
	earlier = $state.raw<Turn[]>([]);
	conversation = $state<number | null>(null);
	stopping = $state(false);

	running = $derived(this.current !== null && this.current.phase !== 'done');
	length = $derived(characters(this.question));
	tooLong = $derived(this.length > questionLimit);
	ready = $derived(!this.running && !this.tooLong && this.question.trim() !== '');

	/** Called when a question ends. */
	onover: () => void = () => {};

	/** Asks what is in the box; with `typed`, a follow-up is searched as it was typed. */
	async ask({ typed = false } = {}) {
		if (!this.ready) return;
		if (this.current) this.earlier = [this.current, ...this.earlier];
		const turn = new Turn(this.question.trim(), this.collection);
		this.current = turn;
		this.question = '';
		this.stopping = false;
		this.asked = [turn.question, ...this.asked.filter((other) => other !== turn.question)];
		this.#back = -1;
		const { conversation, rerank, collection } = this;
		turn.rerank = rerank;
		turn.scope = filters.choice();
		try {
			const request = { question: turn.question, collection, conversation, rerank, keep: null, retrieve: null, ...(turn.scope && { scope: turn.scope }), ...(typed && { follow_up: false }) };
			const reply = await host.ask(request, (event) => turn.on(event));
			turn.end(reply);
			this.conversation ??= reply.conversation;
		} catch (thrown) {
			turn.fail(asProblem(thrown));
		}
		this.stopping = false;
		this.onover();
	}

	/** Asks a question again as it was typed. */
	async askTyped(question: string) {
		if (this.running) return;
		this.question = question;
		await this.ask({ typed: true });
	}

	/** Puts the next older (1) or newer (-1) question into the box; false if there is none. */
	recall(steps: 1 | -1, older: readonly string[]): boolean {
		const all = [...new Set([...this.asked, ...older])];
		const to = this.#back + steps;
		if (to < -1 || to >= all.length) return false;
		if (this.#back === -1) this.#draft = this.question;
		this.#back = to;
		this.question = to === -1 ? this.#draft : (all[to] ?? '');
		return true;
	}

	/** Leaves the recall of earlier questions, because the user edited the text. */
	typed() {
		this.#back = -1;
	}

	async stop() {
		if (!this.running || this.stopping) return;
		this.stopping = true;
		const turn = this.current;
		try {
			await host.stopAsk();
		} catch (thrown) {
			if (turn) turn.problem = asProblem(thrown);
			this.stopping = false;
		}
	}

	/** Shows a saved conversation; the next question continues it. */
	open(conversation: number, turns: TurnRow[]) {
		void this.stop();
		const newestFirst = turns.map(restored).reverse();
		this.conversation = conversation;
		this.current = newestFirst[0] ?? null;
		this.earlier = newestFirst.slice(1);
	}

	clear() {
		void this.stop();
		this.conversation = null;
		this.current = null;
		this.earlier = [];
	}
}

function restored({ reply, unreadable }: TurnRow): Turn {
	const turn = new Turn(reply.question, reply.collection ?? null, unreadable);
	turn.end(reply);
	return turn;
}

export const asking = new Asking();
