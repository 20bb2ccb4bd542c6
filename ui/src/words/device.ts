import { speech } from './speech.svelte';

/** The device's description as the engine writes it (`crates/assay-encoder/src/device.rs` holds this form by a test). */
const processor = /^cpu \((\d+) threads?, (\S+) with ([^;]+); ([^)]*)\)$/i;

/** The device in the language of the screen; the engine's own words for a device that the screen does not know. */
export function deviceName(said: string): string {
	const found = processor.exec(said);
	const [, threads = '', precision = '', instructions = ''] = found ?? [];
	if (!found) return said;
	return speech.words.app.processor(Number(threads), precision, /^no instructions/.test(instructions) ? null : instructions);
}
