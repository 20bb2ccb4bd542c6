import { asking } from '../ask/asking.svelte';
import { place } from './place.svelte';

/** Leaves the open conversation; asks first where an answer of it was not saved. */
class Leaving {
	/** What happens once the user agrees; null while nothing is asked. */
	to = $state.raw<(() => void) | null>(null);

	leave(to: () => void) {
		const unsaved = [asking.current, ...asking.earlier].some((turn) => turn?.unsaved);
		if (unsaved) this.to = to;
		else to();
	}

	/** Starts a new conversation with the caret in the question box. */
	fresh() {
		this.leave(() => {
			asking.clear();
			place.toBox();
		});
	}

	agree() {
		this.to?.();
		this.to = null;
	}

	stay() {
		this.to = null;
	}
}

export const leaving = new Leaving();
