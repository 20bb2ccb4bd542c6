import type { DocumentRow, DocumentState } from '../contract';
import { reasonOf } from './reason';

/** States in the order of the way; what ended well first, what needs a hand last. */
export const stateOrder: readonly DocumentState[] = ['committed', 'queued', 'reading', 'embedding', 'failed', 'quarantined', 'offline', 'removed'];

/** How many of each state there are, in that order; they add up to the rows. */
export function tally(rows: readonly { state: DocumentState }[]): [state: DocumentState, count: number][] {
	const counts = new Map<DocumentState, number>();
	for (const { state } of rows) counts.set(state, (counts.get(state) ?? 0) + 1);
	return [...counts].sort(([a], [b]) => place(a) - place(b));
}

function place(state: DocumentState): number {
	return stateOrder.indexOf(state);
}

export type RowKey = 'state' | 'name' | 'folder' | 'collection' | 'pages' | 'chunks' | 'bytes' | 'language';

/** `null` is the order of the library itself. */
export interface RowSorting {
	key: RowKey | null;
	reversed: boolean;
}

/** A first press sorts upwards, a second downwards, a third goes back to the library's order. */
export function sortPressed(now: RowSorting, key: RowKey): RowSorting {
	if (now.key !== key) return { key, reversed: false };
	return now.reversed ? { key: null, reversed: false } : { key, reversed: true };
}

const names = new Intl.Collator(undefined, { numeric: true });

const orders: Record<RowKey, (a: DocumentRow, b: DocumentRow) => number> = {
	state: (a, b) => place(a.state) - place(b.state),
	name: (a, b) => names.compare(a.name, b.name),
	folder: (a, b) => names.compare(a.folder, b.folder),
	collection: (a, b) => names.compare(a.collection, b.collection),
	pages: (a, b) => a.pages - b.pages,
	chunks: (a, b) => a.chunks - b.chunks,
	bytes: (a, b) => a.bytes - b.bytes,
	language: (a, b) => names.compare(a.language ?? '\uffff', b.language ?? '\uffff'),
};

export function sortedRows(rows: readonly DocumentRow[], { key, reversed }: RowSorting): readonly DocumentRow[] {
	if (key === null) return rows;
	const order = orders[key];
	return [...rows].sort((a, b) => (reversed ? order(b, a) : order(a, b)));
}

/** What the filter over the files lets through; nothing chosen lets all through. */
export interface RowFilter {
	words: string;
	state: DocumentState | null;
	collection: string | null;
	/** Files of one kind of reason alone. */
	reason: string | null;
}

export const everyRow: RowFilter = { words: '', state: null, collection: null, reason: null };

export function foundRows(rows: readonly DocumentRow[], { words, state, collection, reason }: RowFilter): readonly DocumentRow[] {
	const wanted = words.toLocaleLowerCase().split(/\s+/).filter(Boolean);
	if (wanted.length === 0 && state === null && collection === null && reason === null) return rows;
	return rows.filter((row) => {
		if (state !== null && row.state !== state) return false;
		if (collection !== null && row.collection !== collection) return false;
		if (reason !== null && (!troubled(row) || reasonKind(row) !== reason)) return false;
		const text = `${row.name} ${row.folder} ${row.reason ?? ''} ${reasonOf(row)}`.toLocaleLowerCase();
		return wanted.every((word) => text.includes(word));
	});
}

/** Files that could not be read for one reason. */
export interface Trouble {
	kind: string;
	/** The one whose reason stands for all. */
	first: DocumentRow;
	/** Whether the others say it in the very same words. */
	alike: boolean;
	rows: DocumentRow[];
}

/** Whether a retry may help. */
function troubled(row: DocumentRow): boolean {
	return row.state === 'failed' || row.state === 'quarantined';
}

/** Reasons differ in numbers and in the file's own name; what is left of them is what they share. */
export function reasonKind({ reason, name, state }: Pick<DocumentRow, 'reason' | 'name' | 'state'>): string {
	return `${state} ${(reason ?? '').replaceAll(name, '…').replace(/\d[\d.,]*/g, '#')}`;
}

export function troubles(rows: readonly DocumentRow[]): Trouble[] {
	const kinds = new Map<string, Trouble>();
	for (const row of rows) {
		if (!troubled(row)) continue;
		const kind = reasonKind(row);
		const known = kinds.get(kind);
		if (!known) kinds.set(kind, { kind, first: row, alike: true, rows: [row] });
		else {
			known.alike &&= known.first.reason === row.reason;
			known.rows.push(row);
		}
	}
	return [...kinds.values()].sort((a, b) => b.rows.length - a.rows.length);
}
