import type { DocumentRow, FileRow } from '../contract';
import { speech } from '../words/speech.svelte';

type Told = Pick<DocumentRow | FileRow, 'state' | 'reason' | 'problem'>;

/**
 * Why a file stands where it does, and what to do, in the language of the screen. The program's own
 * words are English and name more: in English they are shown, elsewhere they are the tip.
 */
export function reasonOf({ state, reason, problem }: Told): string {
	if (reason === null || speech.language === 'en') return reason ?? '';
	if (problem !== null) return sentence(speech.words.problems[problem]);
	return state === 'committed' ? speech.words.library.partlyRead : reason;
}

function sentence({ title, advice }: { title: string; advice: string }): string {
	return `${title}${speech.words.library.join}${advice}`;
}
