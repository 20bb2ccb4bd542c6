import type { Depth } from '../desk/depth.svelte';
import type { Verdict } from '../desk/verdict';

const many = (n: number, one: string, more: string) => `${n.toLocaleString('en')} ${n === 1 ? one : more}`;

/** The place where a question is answered and its passages are read. */
export const desk = {
	depth: 'Depth',
	depthHint: (first: string, last: string) => `How much is shown. Keys: 1, 2, 3 outside text fields, or ${first} to ${last}.`,
	depths: { answer: 'Answer', why: 'Why', scores: 'Scores' } satisfies Record<Depth, string>,
	depthCommands: { answer: 'Show the answer and its sources', why: 'Show how each passage was chosen', scores: 'Show every score' } satisfies Record<Depth, string>,
	verdicts: { answers: 'answers it', close: 'close, not used', topic: 'same topic only', unjudged: 'found, not reranked' } satisfies Record<Verdict, string>,
	verdictsExplained: {
		answers: 'The reranker put it above the cut-off, and it was kept.',
		close: 'It reaches the cut-off but was not needed, or it is less than one logit below.',
		topic: 'It is about the same things, and the reranker put it well below the cut-off.',
		unjudged: 'No reranker scored it, or no cut-off was applied.',
	} satisfies Record<Verdict, string>,
	notUsed: 'Close, not used',
	dropped: 'No longer used with this cut-off',
	rest: (close: number, topic: number, unjudged: number) =>
		[close > 0 ? `${close} more close` : '', topic > 0 ? `${topic} on the same topic only` : '', unjudged > 0 ? `${unjudged} not reranked` : ''].filter(Boolean).join(', '),
	toWhy: 'See why',
	ladder: 'How each passage was chosen',
	ladderCaption: 'Every passage with its rank at each stage, its logit against the cut-off, and its outcome',
	stages: { vector: 'Meaning', lexical: 'Words', fused: 'Joined', rerank: 'Judged' },
	found: (n: number) => many(n, 'passage', 'passages'),
	reader: 'Source',
	lab: 'Lab views',
};
