import type { DocumentRow, FileRow, LibraryEvent, LibraryView, ProblemView } from '../../contract';
import { wait } from './asking';
import { library } from './search';

type Planned = Omit<DocumentRow, 'id' | 'state' | 'collection' | 'searchable'> & { fails?: boolean };

const bytes: Record<string, number> = {
	'brandvold-biography.pdf': 25_635,
	'bai-lingyi-biography.pdf': 47_203,
	'lens-mould-how-it-grows.docx': 37_966,
};

/** The sample documents, and two files that show what can go wrong. */
export const samples: Planned[] = [...new Set(library.map((row) => row.name))].map((name) => {
	const own = library.filter((row) => row.name === name);
	const pages = Math.max(1, ...own.map((row) => row.page ?? 1));
	const language = /bai|lens/.test(name) ? 'zho' : 'eng';
	return { name, folder: 'library', reason: null, pages, pages_with_text: pages, chunks: own.length, bytes: bytes[name] ?? 2741, language };
});

export const troubled: Planned[] = [
	{ name: 'meeting-notes-2024-autumn.docx', folder: 'Documents', reason: null, pages: 12, pages_with_text: 11, chunks: 31, bytes: 482_113, language: 'eng' },
	{
		name: 'lease-scan.pdf',
		folder: 'Documents',
		reason: 'All 6 pages are pictures without text. Run text recognition (OCR) on it first.',
		pages: 6,
		pages_with_text: 0,
		chunks: 0,
		bytes: 8_412_331,
		language: null,
		fails: true,
	},
];

/** A library that lives as long as the page. */
export class PretendLibrary {
	documents: DocumentRow[] = [];
	problem: ProblemView | null = null;
	onEvent: (event: LibraryEvent) => void = () => {};
	#busy = false;
	#stopped = false;
	#plans = new Map<number, Planned>();
	#next = 1;

	view(): LibraryView {
		const counts: Record<string, number> = {};
		for (const { state } of this.documents) counts[state] = (counts[state] ?? 0) + 1;
		return structuredClone({ documents: this.documents, counts, busy: this.#busy, problem: this.problem });
	}

	/** Puts documents there as if ingested earlier. */
	fill(planned: Planned[]) {
		for (const id of this.#enqueue(planned)) this.#end(id);
	}

	add(planned: Planned[]) {
		return this.#run(this.#enqueue(planned));
	}

	again(ids: number[]) {
		return this.#run(ids);
	}

	remove(ids: number[]) {
		this.documents = this.documents.filter((row) => !ids.includes(row.id));
	}

	stop() {
		this.#stopped = true;
	}

	#enqueue(planned: Planned[]): number[] {
		return planned.map((plan) => {
			const known = this.documents.find((row) => row.name === plan.name);
			if (known) return known.id;
			const id = this.#next++;
			this.#plans.set(id, plan);
			const row: DocumentRow = { ...plan, id, collection: 'default', state: 'queued', reason: null, pages: 0, pages_with_text: 0, chunks: 0, searchable: false };
			this.documents.push(row);
			return id;
		});
	}

	async #run(ids: number[]) {
		this.#busy = true;
		this.#stopped = false;
		const files: FileRow[] = [];
		this.onEvent({ kind: 'started', files: ids.length });
		for (const id of ids) {
			if (!this.#stopped) await this.#walk(id);
			files.push(this.#file(id));
			this.onEvent({ kind: 'progress', done: files.length, files: ids.length, seconds_left: (ids.length - files.length) * 0.9 });
		}
		this.#busy = false;
		const counts: Record<string, number> = {};
		for (const { state } of files) counts[state] = (counts[state] ?? 0) + 1;
		this.onEvent({ kind: 'finished', reply: { files, counts, seconds: ids.length * 0.9 } });
	}

	async #walk(id: number) {
		for (const state of ['reading', 'embedding']) {
			this.#move(id, state, null);
			await wait(450);
		}
		this.#end(id);
		const row = this.documents.find((document) => document.id === id);
		if (row) this.#move(id, row.state, row.reason);
	}

	#move(id: number, state: string, reason: string | null) {
		const row = this.documents.find((document) => document.id === id);
		if (!row) return;
		Object.assign(row, { state, reason });
		this.onEvent({ kind: 'file', document: id, name: row.name, state, reason });
	}

	#end(id: number) {
		const plan = this.#plans.get(id);
		const row = this.documents.find((document) => document.id === id);
		if (!plan || !row) return;
		const { pages, pages_with_text, chunks, reason, fails = false } = plan;
		Object.assign(row, { pages, pages_with_text, chunks, reason, state: fails ? 'failed' : 'committed', searchable: !fails });
	}

	#file(id: number): FileRow {
		const row = this.documents.find((document) => document.id === id);
		const state = row?.state === 'committed' || row?.state === 'failed' ? row.state : 'stopped';
		return {
			name: row?.name ?? '',
			state,
			reason: row?.reason ?? null,
			problem: state === 'failed' ? 'scanned_file' : null,
			pages: row?.pages ?? 0,
			pages_with_text: row?.pages_with_text ?? 0,
			chunks: row?.chunks ?? 0,
			seconds: 0.9,
		};
	}
}
