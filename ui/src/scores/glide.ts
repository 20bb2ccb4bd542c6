/** Vertical position of each row, by chunk. */
export type Places = Map<string, number>;

const still = () => matchMedia('(prefers-reduced-motion: reduce)').matches;

function rowsOf(body: HTMLElement): HTMLElement[] {
	return [...body.querySelectorAll<HTMLElement>('[data-chunk]')];
}

/** Row positions before a reorder; includes a running animation's offset. */
export function places(body: HTMLElement): Places {
	const origin = body.getBoundingClientRect().top;
	return new Map(rowsOf(body).map((row) => [row.dataset['chunk'] ?? '', row.getBoundingClientRect().top - origin]));
}

/** Animates each row from its old position to its new one; rows out of sight move at once. */
export function glide(body: HTMLElement, before: Places) {
	if (still() || before.size === 0) return;
	const origin = body.getBoundingClientRect().top;
	const rows = rowsOf(body);
	for (const row of rows) for (const old of row.getAnimations()) if (old.id === 'glide') old.cancel();
	const moves = rows.map((row) => {
		const now = row.getBoundingClientRect().top;
		const from = before.get(row.dataset['chunk'] ?? '');
		return { row, now, shift: from === undefined ? 0 : from + origin - now };
	});
	for (const { row, now, shift } of moves) {
		const seen = (top: number) => top > -80 && top < innerHeight;
		if (Math.abs(shift) < 1 || !(seen(now) || seen(now + shift))) continue;
		row.animate([{ transform: `translateY(${shift}px)` }, { transform: 'none' }], {
			id: 'glide',
			duration: 380,
			easing: 'cubic-bezier(0.2, 0.8, 0.2, 1)',
		});
	}
}
