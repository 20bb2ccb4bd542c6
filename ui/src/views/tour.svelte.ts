import { asking } from '../ask/asking.svelte';
import { type Depth, depth } from '../desk/depth.svelte';
import { host } from '../host';
import { library } from '../library/library.svelte';
import { speech } from '../words/speech.svelte';
import { outcome } from './nearMiss';
import { place } from './place.svelte';

/** A sample question with a near miss, and a pattern of the right passage. */
const cases = {
	en: { question: 'When did Ottilie Brandvold die?', right: /died in her sleep/i },
	zh: { question: '柏令仪是哪一年去世的？', right: /1961年12月/ },
};

const steps = ['ask', 'moved', 'cut', 'sentence', 'measure'] as const;

/** The one-minute tour: it asks a real question and reports the outcome. */
class Tour {
	at = $state<number | null>(null);
	waiting = $state<'samples' | 'answer' | null>(null);
	step = $derived(this.at === null ? null : (steps[this.at] ?? null));
	readonly length = steps.length;
	#before: Depth | null = null;

	async start() {
		this.at = 0;
		place.go('ask');
		if (!library.documents.some((row) => row.name === 'brandvold-biography.pdf' && row.searchable)) {
			this.waiting = 'samples';
			await library.try(host.addSamples);
		}
	}

	/** Ends the wait for the sample library once it is searchable. */
	async ready() {
		if (this.waiting === 'samples' && !library.busy && library.documents.some((row) => row.searchable)) this.waiting = null;
	}

	async next() {
		if (this.at === null) return;
		if (this.at === 0) {
			this.waiting = 'answer';
			asking.question = this.#case().question;
			await asking.ask();
			this.waiting = null;
			if (this.at === null) return;
		}
		this.go(this.at + 1);
	}

	go(to: number) {
		this.at = to < 0 || to >= steps.length ? null : to;
		if (this.step === 'measure') place.go('measure');
		else if (this.step) this.#show(this.step === 'moved' || this.step === 'cut' ? 'why' : 'answer');
		if (this.step === null) this.#restore();
	}

	end() {
		this.at = null;
		this.waiting = null;
		this.#restore();
	}

	#show(wanted: Depth) {
		place.go('ask');
		this.#before ??= depth.at;
		depth.at = wanted;
	}

	/** Back to the depth that the user chose. */
	#restore() {
		if (this.#before) depth.at = this.#before;
		this.#before = null;
	}

	/** The outcome as text. */
	outcome(): string {
		const said = speech.words.tour.steps.moved;
		const found = outcome(asking.current?.candidates ?? [], this.#case().right);
		if (found.kind === 'up' || found.kind === 'down') return said[found.kind](found.from, found.to);
		return found.kind === 'same' ? said.same(found.to) : said[found.kind];
	}

	#case() {
		return cases[speech.language];
	}
}

export const tour = new Tour();
