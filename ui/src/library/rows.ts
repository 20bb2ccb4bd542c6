import type { DocumentRow, DocumentState } from '../contract';
import { reasonOf } from './reason';

/** Order of the states on screen: ready, then in progress, then in need of attention. */
export const stateOrder: readonly DocumentState[] = ['committed', 'queued', 'reading', 'embedding', 'failed', 'quarantined', 'offline', 'missing', 'removed'];

/** Number of rows per state, in `stateOrder`; the sum is the number of rows. */
export function tally(rows: readonly { state: DocumentState }[]): [state: DocumentState, count: number][] {
	const counts = new Map<DocumentState, number>();
	for (const { state } of rows) counts.set(state, (counts.get(state) ?? 0) + 1);
	return [...counts].sort(([a], [b]) => place(a) - place(b));
}

function place(state: DocumentState): number {
	return stateOrder.indexOf(state);
}

export type RowKey = 'state' | 'name' | 'folder' | 'collection' | 'pages' | 'chunks' | 'bytes' | 'language';

/** Sort key and direction; `null` keeps the library's order. */
export interface RowSorting {
	key: RowKey | null;
	reversed: boolean;
}

/** The sorting after a press: ascending, then descending, then the library's order. */
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

/** Filter of the file table; empty fields match everything. */
export interface RowFilter {
	words: string;
	state: DocumentState | null;
	collection: string | null;
	/** Only files with this kind of reason. */
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

/** Files that failed with the same kind of reason. */
export interface Trouble {
	kind: string;
	/** The file whose reason is shown for all. */
	first: DocumentRow;
	/** Whether all reasons are identical. */
	alike: boolean;
	rows: DocumentRow[];
}

function troubled(row: DocumentRow): boolean {
	return row.state === 'failed' || row.state === 'quarantined';
}

/** The reason without numbers and the file's own name, to group equal causes. */
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
