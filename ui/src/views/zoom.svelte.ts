const least = -3;
const most = 6;
const place = 'assay.zoom';

/** Text size in steps of a tenth. Kept in the page's local storage, because it depends on the screen. */
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
