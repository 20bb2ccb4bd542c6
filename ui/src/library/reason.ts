import type { DocumentRow, FileRow } from '../contract';
import { speech } from '../words/speech.svelte';

type WithReason = Pick<DocumentRow | FileRow, 'state' | 'reason' | 'problem'>;

/**
 * Why a file has its state, and what to do, in the UI language. The program's own
 * reason is in English and more specific: English shows it, other languages put it in the tooltip.
 */
export function reasonOf({ state, reason, problem }: WithReason): string {
	if (reason === null || speech.language === 'en') return reason ?? '';
	if (problem !== null) return sentence(speech.words.problems[problem]);
	return state === 'committed' ? speech.words.library.partlyRead : reason;
}

function sentence({ title, advice }: { title: string; advice: string }): string {
	return `${title}${speech.words.library.join}${advice}`;
}
