/** A number with fixed decimals and a true minus sign. */
export function fixed(value: number, places: number): string {
	const rounded = value.toFixed(places);
	return Number(rounded) === 0 ? rounded.replace('-', '') : rounded.replace('-', '−');
}

/** A sigmoid with three decimals; never exactly 0 or 1, which a sigmoid cannot reach. */
export function sigmoid(value: number): string {
	if (value < 0.0005) return '<0.001';
	if (value >= 0.9995) return '>0.999';
	return value.toFixed(3);
}

/** A number as JSON prints it; empty if absent. */
export function exact(value: number | null | undefined): string {
	return value === null || value === undefined ? '' : JSON.stringify(value);
}

/** Milliseconds in a readable unit. */
export function duration(ms: number): string {
	if (ms < 0.95) return '<1 ms';
	if (ms < 1000) return `${Math.round(ms)} ms`;
	return `${(ms / 1000).toFixed(ms < 10_000 ? 2 : 1)} s`;
}

/** Bytes in a readable unit. */
export function size(bytes: number): string {
	if (bytes < 1024) return `${bytes} B`;
	if (bytes < 1024 ** 2) return `${Math.round(bytes / 1024)} KB`;
	if (bytes < 1024 ** 3) return `${(bytes / 1024 ** 2).toFixed(1)} MB`;
	return `${(bytes / 1024 ** 3).toFixed(1)} GB`;
}

/** Length in Unicode characters, not UTF-16 units. */
export function characters(text: string): number {
	return [...text].length;
}

/** A file name on one line: line ends, control characters and marks that turn the writing direction as escapes. */
export function shown(name: string): string {
	// eslint-disable-next-line no-control-regex
	return name.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, (mark) => {
		const plain: Record<string, string> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };
		return plain[mark] ?? `\\u{${mark.codePointAt(0)?.toString(16) ?? ''}}`;
	});
}
