import type { DocumentPage } from '../contract';
import { speech } from '../words/speech.svelte';

/**
 * Why a page was not read or only in part, and what to do, in the UI language. Falls back to the reader's own reason, which
 * is in English and more specific.
 */
export function faultOf({ code, reason }: Pick<DocumentPage, 'code' | 'reason'>): string {
	return code === null || code === 'other' ? (reason ?? '') : speech.words.audit.faults[code];
}
