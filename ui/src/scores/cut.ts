import type { ThresholdView } from '../contract';
import { fixed } from '../shared/format';
import { unreachable } from '../shared/unreachable';
import { speech } from '../words/speech.svelte';

/** The cut's value and scale, in the UI language. */
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

/** The rule that set the cut, in the UI language. */
export function ruleOf({ rule }: ThresholdView): string {
	return speech.words.scores.rules[rule];
}
