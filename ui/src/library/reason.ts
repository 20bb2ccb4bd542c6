import type { DocumentRow, FileRow } from '../contract';
import { isForTerminal, withoutTerminal } from '../problem/terminal';
import { speech } from '../words/speech.svelte';

type WithReason = Pick<DocumentRow | FileRow, 'state' | 'reason' | 'problem'> & Partial<Pick<DocumentRow, 'missing_until' | 'again_at' | 'stopped'>>;

/**
 * Why a file has its state, and what to do, in the UI language. The program's own
 * reason is in English and more specific: English shows it, other languages put it in the tooltip.
 */
export function reasonOf(row: WithReason): string {
	return [whyOf(row), whenOf(row)].filter(Boolean).join(' ');
}

/** The program's own reason, for the tooltip; what it would have typed in the terminal is left out. */
export function ownReasonOf(row: WithReason): string {
	return withoutTerminal(row.reason ?? '') || reasonOf(row);
}

/** When a missing document leaves the library, or a file is tried again. */
function whenOf({ missing_until: until, again_at: again }: WithReason): string {
	const at = (seconds: number, timeStyle?: 'short') => new Date(seconds * 1000).toLocaleString(speech.language === 'zh' ? 'zh-CN' : 'en', { dateStyle: 'medium', ...(timeStyle && { timeStyle }) });
	if (until !== null && until !== undefined) return speech.words.library.leavesOn(at(until));
	return again !== null && again !== undefined ? speech.words.library.triedAt(at(again, 'short')) : '';
}

function whyOf({ state, reason, problem, stopped }: WithReason): string {
	const words = speech.words.library;
	if (reason === null) return stopped ? words.stoppedRow : '';
	if (speech.language === 'en') {
		if (!isForTerminal(reason)) return reason;
		return [withoutTerminal(reason), problem && speech.words.problems[problem].advice].filter(Boolean).join(words.join);
	}
	if (problem !== null) return sentence(speech.words.problems[problem]);
	return state === 'committed' ? words.partlyRead : withoutTerminal(reason);
}

function sentence({ title, advice }: { title: string; advice: string }): string {
	return `${title}${speech.words.library.join}${advice}`;
}
