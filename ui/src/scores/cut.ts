import type { ThresholdView } from '../contract';
import { fixed } from '../shared/format';
import { unreachable } from '../shared/unreachable';
import { speech } from '../words/speech.svelte';

/** Where the cut was made, in the language of the screen. */
export function cutOf({ on, value }: ThresholdView): string {
	const t = speech.words.scores;
	switch (on) {
		case 'none':
			return t.noCut;
		case 'rerank.probability':
			return value === null ? t.noCut : t.cutAt(fixed(value, 2), t.on.rerank_probability);
		default:
			return unreachable(on);
	}
}

/** Why the cut was made there. */
export function ruleOf({ rule }: ThresholdView): string {
	return speech.words.scores.rules[rule];
}
