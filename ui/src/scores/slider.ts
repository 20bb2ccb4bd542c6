import { cutAt, movedCut } from './threshold';

interface Cut {
	/** The cut that is shown. */
	cut: () => number;
	/** The trial cut; null without one. */
	trying: () => number | null;
	/** The logit under a pointer; null if the axis is not on the screen. */
	logitUnder: (event: PointerEvent) => number | null;
	ontry: (cut: number | null) => void;
}

/** The events of a handle that moves the trial cut along an axis of logits. Escape ends the trial. */
export function cutSlider({ cut, trying, logitUnder, ontry }: Cut) {
	let dragging = false;
	const drag = (event: PointerEvent) => {
		const logit = logitUnder(event);
		if (logit !== null) ontry(cutAt(logit));
	};
	const end = () => (dragging = false);
	return {
		onpointerdown: (event: PointerEvent) => {
			dragging = true;
			(event.currentTarget as Element).setPointerCapture(event.pointerId);
			drag(event);
		},
		onpointermove: (event: PointerEvent) => dragging && drag(event),
		onpointerup: end,
		onpointercancel: end,
		onkeydown: (event: KeyboardEvent) => {
			if (event.key === 'Escape' && trying() !== null) {
				event.stopPropagation();
				ontry(null);
			}
			const next = movedCut(cut(), event.key);
			if (next === null) return;
			event.preventDefault();
			ontry(next);
		},
	};
}
