import type { ProblemView } from '../contract';
import type { Host } from './types';

/** The Tauri host in the window, the pretend host in a browser. Opened once, before the first render. */
export let host: Host;

export async function openHost(): Promise<void> {
	const inWindow = '__TAURI_INTERNALS__' in globalThis;
	host = inWindow ? (await import('./tauri')).host : (await import('./pretend')).host;
}

/** The problem of a failed call; anything that is not a `ProblemView` is reported as a bug. */
export function asProblem(thrown: unknown): ProblemView {
	if (typeof thrown === 'object' && thrown !== null && 'problem' in thrown && 'message' in thrown) {
		return thrown as ProblemView;
	}
	return { problem: 'bug', message: thrown instanceof Error ? thrown.message : String(thrown), action: '' };
}
