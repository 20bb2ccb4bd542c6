import type { ShownCandidate } from '../candidate';

export type Movement = { kind: 'up' | 'down'; places: number } | { kind: 'same' } | { kind: 'none' };

/** The change from the fused rank to the rerank rank. */
export function movement(row: Pick<ShownCandidate, 'fused' | 'rerank'>): Movement {
	if (!row.fused || !row.rerank) return { kind: 'none' };
	const places = row.fused.rank - row.rerank.rank;
	if (places === 0) return { kind: 'same' };
	return { kind: places > 0 ? 'up' : 'down', places: Math.abs(places) };
}

/** ▲12, ▼3, = or –. */
export function movementMark(moved: Movement): string {
	switch (moved.kind) {
		case 'up':
			return `▲${moved.places}`;
		case 'down':
			return `▼${moved.places}`;
		case 'same':
			return '=';
		case 'none':
			return '–';
	}
}
