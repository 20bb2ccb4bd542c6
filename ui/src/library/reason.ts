import type { DocumentRow, FileRow } from '../contract';
import { speech } from '../words/speech.svelte';

type WithReason = Pick<DocumentRow | FileRow, 'state' | 'reason' | 'problem'> & Partial<Pick<DocumentRow, 'missing_until' | 'again_at'>>;

/**
 * Why a file has its state, and what to do, in the UI language. The program's own
 * reason is in English and more specific: English shows it, other languages put it in the tooltip.
 */
export function reasonOf(row: WithReason): string {
	return [whyOf(row), whenOf(row)].filter(Boolean).join(' ');
}

/** When a missing document leaves the library, or a file is tried again. */
function whenOf({ missing_until: until, again_at: again }: WithReason): string {
	const at = (seconds: number, timeStyle?: 'short') => new Date(seconds * 1000).toLocaleString(speech.language === 'zh' ? 'zh-CN' : 'en', { dateStyle: 'medium', ...(timeStyle && { timeStyle }) });
	if (until !== null && until !== undefined) return speech.words.library.leavesOn(at(until));
	return again !== null && again !== undefined ? speech.words.library.triedAt(at(again, 'short')) : '';
}

function whyOf({ state, reason, problem }: WithReason): string {
	if (reason === null || speech.language === 'en') return reason ?? '';
	if (problem !== null) return sentence(speech.words.problems[problem]);
	return state === 'committed' ? speech.words.library.partlyRead : reason;
}

function sentence({ title, advice }: { title: string; advice: string }): string {
	return `${title}${speech.words.library.join}${advice}`;
}
