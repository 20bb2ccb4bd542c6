import type { WaitingWork } from '../contract';
import { speech } from '../words/speech.svelte';

/** The work that a notice is about, in the UI language. */
export function workOf({ state, files, added, rebuild }: WaitingWork): string {
	const t = speech.words.files.work;
	if (rebuild) return t.rebuild[state];
	const what = files > 0 && added > 0 ? t.both(t.files(files), t.added(added)) : added > 0 ? t.added(added) : t.files(files);
	return t.queue[state](what);
}
