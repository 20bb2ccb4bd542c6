/** A number to so many places, with a true minus sign. Exact values are shown beside it on hover. */
export function fixed(value: number, places: number): string {
	const rounded = value.toFixed(places);
	return Number(rounded) === 0 ? rounded.replace('-', '') : rounded.replace('-', '−');
}

/** A sigmoid to three places; never shown as exactly 0 or 1, which it cannot be. */
export function sigmoid(value: number): string {
	if (value < 0.0005) return '<0.001';
	if (value >= 0.9995) return '>0.999';
	return value.toFixed(3);
}

/** As JSON prints it. */
export function exact(value: number | null | undefined): string {
	return value === null || value === undefined ? '' : JSON.stringify(value);
}

/** Milliseconds, in the unit a person would say. */
export function duration(ms: number): string {
	if (ms < 0.95) return '<1 ms';
	if (ms < 1000) return `${Math.round(ms)} ms`;
	return `${(ms / 1000).toFixed(ms < 10_000 ? 2 : 1)} s`;
}

/** Bytes, in the unit a person would say. */
export function size(bytes: number): string {
	if (bytes < 1024) return `${bytes} B`;
	if (bytes < 1024 ** 2) return `${Math.round(bytes / 1024)} KB`;
	if (bytes < 1024 ** 3) return `${(bytes / 1024 ** 2).toFixed(1)} MB`;
	return `${(bytes / 1024 ** 3).toFixed(1)} GB`;
}

/** Length in characters as a reader counts them, not in UTF-16 units. */
export function characters(text: string): number {
	return [...text].length;
}
