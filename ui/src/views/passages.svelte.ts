import { opened } from '../ask/opened.svelte';
import type { Turn } from '../ask/asking.svelte';

/** Opens passages together with their question, so that their scores can be shown. */
class Passages {
	turn = $state.raw<Turn | null>(null);

	row = $derived(this.turn?.candidates.find((row) => row.chunk === opened.chunk) ?? null);

	open(chunks: string[], chunk: string, turn: Turn | null) {
		this.turn = turn;
		opened.open(chunks, chunk);
	}
}

export const passages = new Passages();
