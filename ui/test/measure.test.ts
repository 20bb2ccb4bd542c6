import { describe, expect, it } from 'vitest';

import type { CandidateRow } from '../src/contract';
import { tally } from '../src/measure/tally';
import { outcome } from '../src/views/nearMiss';

describe('wins and losses', () => {
	const question = (hybrid: number, reranked: number) => ({ question: 'q', relevant: 1, vector: 0, lexical: 0, hybrid, reranked });
	it('count against the fused order', () => expect(tally([question(0.5, 1), question(1, 0.5), question(1, 1), question(0.3, 0.3)])).toEqual({ up: 1, down: 1, same: 2 }));
});

describe('the tour', () => {
	const row = (text: string, from: number, to: number | null) =>
		({ text, fused: { score: 0, rank: from }, rerank: to === null ? null : { rank: to } }) as unknown as CandidateRow;
	const check = (rows: CandidateRow[], said: unknown) => expect(outcome(rows, /died in her sleep/)).toEqual(said);
	it('says what the model made of the near miss, good or bad', () => {
		check([row('born', 1, 2), row('died in\nher sleep', 4, 1)], { kind: 'up', from: 4, to: 1 });
		check([row('died in her sleep', 1, 3)], { kind: 'down', from: 1, to: 3 });
		check([row('died in her sleep', 1, 1)], { kind: 'same', to: 1 });
		check([row('died in her sleep', 1, null)], { kind: 'unread' });
		check([row('born', 1, 1)], { kind: 'lost' });
	});
});
