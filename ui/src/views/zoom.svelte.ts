const least = -3;
const most = 6;
const place = 'assay.zoom';

/** Size of the text, in steps of a tenth. Belongs to this screen, so it stays with the page. */
class Zoom {
	step = $state(0);

	constructor() {
		const kept = Number(localStorage.getItem(place) ?? 0);
		if (Number.isInteger(kept) && kept >= least && kept <= most) this.#set(kept);
	}

	by(steps: number) {
		this.#set(Math.max(least, Math.min(most, this.step + steps)));
	}

	reset() {
		this.#set(0);
	}

	#set(step: number) {
		this.step = step;
		document.documentElement.style.fontSize = step === 0 ? '' : `${100 + step * 10}%`;
		localStorage.setItem(place, String(step));
	}
}

export const zoom = new Zoom();
