import type { ProblemView } from '../contract';
import type { Host } from './types';

/** The program when in its window, a pretend one in a browser. Opened once, before anything is drawn. */
export let host: Host;

export async function openHost(): Promise<void> {
	const inWindow = '__TAURI_INTERNALS__' in globalThis;
	host = inWindow ? (await import('./tauri')).host : (await import('./pretend')).host;
}

/** What a failed call rejected with; anything unforeseen is a bug and says so. */
export function asProblem(thrown: unknown): ProblemView {
	if (typeof thrown === 'object' && thrown !== null && 'problem' in thrown && 'message' in thrown) {
		return thrown as ProblemView;
	}
	return { problem: 'bug', message: thrown instanceof Error ? thrown.message : String(thrown), action: '' };
}
