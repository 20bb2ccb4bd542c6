/** How much of a question is shown: the answer, the way each passage took to it, or every score. */
export type Depth = 'answer' | 'why' | 'scores';

/** From the least to the most. */
export const depths: readonly Depth[] = ['answer', 'why', 'scores'];

const kept = 'assay.depth';

/** The depth that the user chose. Kept in the page's local storage, because it depends on the screen. */
class ChosenDepth {
	at = $state<Depth>(depths.find((depth) => depth === localStorage.getItem(kept)) ?? 'answer');

	choose(depth: Depth) {
		this.at = depth;
		localStorage.setItem(kept, depth);
	}
}

export const depth = new ChosenDepth();
