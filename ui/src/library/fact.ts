import type { NoticeFact, NoticeRow } from '../contract';
import type { FactWords } from '../words/facts';
import { speech } from '../words/speech.svelte';
import { workOf } from './work';

function sentence<Name extends NoticeFact['fact']>(words: FactWords, fact: Extract<NoticeFact, { fact: Name }>): string {
	const say: (fact: never) => string = words[fact.fact];
	return say(fact as never);
}

/** What a notice tells, in the language of the screen; the engine's own sentence is for the terminal. */
export function toldBy(notice: NoticeRow): string {
	if (notice.work) return workOf(notice.work);
	return notice.fact ? sentence(speech.words.files.facts, notice.fact) : notice.what;
}

/** The engine's reason behind a fact, in English; null where the fact says all. */
export function reasonBehind({ fact }: NoticeRow): string | null {
	return fact && 'reason' in fact ? fact.reason : null;
}
