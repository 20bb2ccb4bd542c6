/** A linear scale from values to pixels. */
export interface Scale {
	(value: number): number;
	invert: (pixel: number) => number;
	/** Round values that divide the range into about `count` steps. */
	ticks: (count: number) => number[];
}

/**
 * Creates a linear scale. d3-scale is not used: its colours assign `toString` to objects, and where `Object.prototype` is
 * frozen, as in the Tauri window, that throws on load.
 */
export function linear([from, to]: readonly [number, number], [start, end]: readonly [number, number]): Scale {
	const slope = (end - start) / (to - from || 1);
	const scale = (value: number) => start + (value - from) * slope;
	const invert = (pixel: number) => from + (pixel - start) / (slope || 1);
	const ticks = (count: number) => {
		const rough = Math.abs(to - from) / Math.max(1, count);
		const power = 10 ** Math.floor(Math.log10(rough || 1));
		const step = ([1, 2, 5, 10].find((factor) => factor * power >= rough * 0.7) ?? 10) * power;
		const [low, high] = [Math.ceil(Math.min(from, to) / step), Math.floor(Math.max(from, to) / step)];
		return Array.from({ length: Math.max(0, high - low + 1) }, (_, at) => Number(((low + at) * step).toPrecision(12)));
	};
	return Object.assign(scale, { invert, ticks });
}
