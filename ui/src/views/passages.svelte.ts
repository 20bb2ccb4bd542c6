import { opened } from '../ask/opened.svelte';
import type { Turn } from '../ask/asking.svelte';
import { place } from './place.svelte';

/** Opens passages together with their question, so that their scores can be shown. */
class Passages {
	#turnOf = $state.raw<(chunk: string) => Turn | null>(() => null);
	/** Under which of two set-ups a passage was found, where two were compared. */
	#sideOf = $state.raw<(chunk: string) => string | null>(() => null);

	turn = $derived(opened.chunk === undefined ? null : this.#turnOf(opened.chunk));
	side = $derived(opened.chunk === undefined ? null : this.#sideOf(opened.chunk));
	/** Whether the passage is shown beside the answer, not over the window. */
	beside = $state(false);
	/** The question that the last passage was opened with; it stays when the passage is closed. */
	last = $state.raw<Turn | null>(null);
	row = $derived(this.turn?.candidates.find((row) => row.chunk === opened.chunk) ?? null);

	open(chunks: string[], chunk: string, turn: Turn | null, quote = '') {
		this.last = turn;
		this.beside = place.view === 'ask' && place.roomy;
		this.#turnOf = () => turn;
		this.#sideOf = () => null;
		opened.open(chunks, chunk, quote);
	}

	/** Opens passages of two set-ups, each with the scores of the set-up that `sideOf` names. */
	compared(chunks: string[], chunk: string, turns: Record<string, Turn>, sideOf: (chunk: string) => string) {
		this.last = turns[sideOf(chunk)] ?? null;
		this.beside = false;
		this.#turnOf = (one) => turns[sideOf(one)] ?? null;
		this.#sideOf = sideOf;
		opened.open(chunks, chunk);
	}
}

export const passages = new Passages();
