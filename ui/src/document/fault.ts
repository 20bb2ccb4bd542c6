import type { DocumentPage } from '../contract';
import { speech } from '../words/speech.svelte';

/**
 * Why a page was not read, or not wholly, and what to do, in the language of the screen; the reader's own words, which are
 * English and name more, where there are no others.
 */
export function faultOf({ code, reason }: Pick<DocumentPage, 'code' | 'reason'>): string {
	return code === null || code === 'other' ? (reason ?? '') : speech.words.audit.faults[code];
}
