import type { DocumentRow, DocumentState, FileRow, FileState, FolderRow, LibraryEvent, LibraryView, NoticeRow, ProblemView, RemovedRow } from '../../contract';
import { waitsForEmbedder } from '../../models/fit';
import { unreachable } from '../../shared/unreachable';
import { wait } from './asking';
import { crowd, folders, notices, samples, troubled, type Planned } from './files';

export { samples, troubled };

/** The pretend library, in memory. */
export class PretendLibrary {
	documents: DocumentRow[] = [];
	folders: FolderRow[] = [];
	removed: RemovedRow[] = [];
	notices: NoticeRow[] = [];
	problem: ProblemView | null = null;
	onEvent: (event: LibraryEvent) => void = () => {};
	#busy = false;
	#paused = false;
	#stopped = false;
	/** What waits for a bi-encoder. */
	#held: Planned[] = [];
	#plans = new Map<number, Planned>();
	#waiting: number[] = [];
	#next = 1;

	view(): LibraryView {
		const { documents, folders, removed, notices, problem } = this;
		const waiting = this.#held.slice(0, 5).map((plan) => plan.name);
		const stopped = documents.filter((row) => row.stopped).length;
		return structuredClone({ stopped, documents, counts: tally(documents), busy: this.#busy, paused: this.#paused, folders, removed, notices, problem, shared: 'off', waiting, waiting_count: this.#held.length });
	}

	/** Adds the sample documents as already ingested. */
	fill() {
		this.folders = folders();
		this.notices = notices();
		for (const id of this.#enqueue([...samples, ...troubled, ...crowd()])) this.#end(id);
	}

	/** Takes files in; while the bi-encoder cannot be opened they wait, and the ingest fails. */
	async add(planned: Planned[]) {
		const problem = this.problem;
		if (problem === null || !waitsForEmbedder(problem)) return this.#run(this.#enqueue(planned));
		this.#held.push(...planned.filter((plan) => !this.#held.includes(plan)));
		this.onEvent({ kind: 'failed', problem });
	}

	/** Takes in what waited. */
	resume() {
		const held = this.#held;
		this.#held = [];
		if (held.length > 0) void this.add(held);
	}

	again(ids: number[]) {
		return this.#run(ids.length > 0 ? ids : this.documents.filter((row) => row.stopped).map((row) => row.id));
	}

	remove(ids: number[]) {
		for (const { id, name, folder, collection } of this.documents.filter((row) => ids.includes(row.id) && row.collection !== 'samples')) {
			this.removed = [...this.removed, { id, name, folder, collection, removed: Math.floor(Date.now() / 1000) }];
		}
		this.documents = this.documents.filter((row) => !ids.includes(row.id));
	}

	bringBack(ids: number[]) {
		const plans = ids.map((id) => this.#plans.get(id)).filter((plan) => plan !== undefined);
		this.removed = this.removed.filter((row) => !ids.includes(row.id));
		void this.add(plans);
	}

	stop() {
		this.#stopped = true;
		this.#paused = false;
	}

	pause(paused: boolean) {
		if (!this.#busy || this.#paused === paused) return;
		this.#paused = paused;
		this.onEvent({ kind: 'paused', paused });
	}

	first(ids: number[]) {
		this.#waiting = [...this.#waiting.filter((id) => ids.includes(id)), ...this.#waiting.filter((id) => !ids.includes(id))];
	}

	watch(collection: string) {
		const scanned = Math.floor(Date.now() / 1000);
		const id = Math.max(0, ...this.folders.map((row) => row.id)) + 1;
		this.folders = [...this.folders, { id, name: `notes ${id}`, collection, state: 'watching', reason: null, files: troubled.length, excluded: 2, scanned }];
		void this.add(troubled);
	}

	unwatch(id: number) {
		this.folders = this.folders.filter((row) => row.id !== id);
	}

	#enqueue(planned: Planned[]): number[] {
		const known = new Map(this.documents.map((row) => [row.name, row.id]));
		return planned.map((plan) => {
			const there = known.get(plan.name);
			if (there !== undefined) return there;
			const id = this.#next++;
			this.#plans.set(id, plan);
			const { name, folder, bytes, language, collection = 'default' } = plan;
			this.documents.push({ id, name, folder, collection, bytes, language, state: 'queued', reason: null, problem: null, pages: 0, pages_with_text: 0, chunks: 0, searchable: false, missing_until: null, again_at: null, stopped: false });
			return id;
		});
	}

	async #run(ids: number[]) {
		if (this.#busy) return;
		this.#busy = true;
		this.#stopped = false;
		this.#waiting = [...ids];
		const again = new Set(ids);
		for (const row of this.documents) if (again.has(row.id)) Object.assign(row, { state: 'queued', stopped: false });
		const files: FileRow[] = [];
		this.onEvent({ kind: 'started', files: ids.length });
		for (let id = this.#waiting.shift(); id !== undefined; id = this.#waiting.shift()) {
			while (this.#paused) await new Promise((done) => setTimeout(done, 40));
			if (!this.#stopped) await this.#read(id);
			files.push(this.#file(id));
			this.onEvent({ kind: 'progress', done: files.length, files: ids.length, seconds_left: (ids.length - files.length) * 0.9 });
		}
		this.#busy = false;
		this.#paused = false;
		for (const row of this.documents) if (again.has(row.id) && row.state === 'queued') row.stopped = true;
		const left: FileRow = { name: '.DS_Store', state: 'excluded', reason: 'hidden', problem: null, pages: 0, pages_with_text: 0, chunks: 0, seconds: 0 };
		const all = [...files, left];
		this.onEvent({ kind: 'finished', reply: { files: all, counts: tally(all), seconds: ids.length * 0.9 } });
	}

	async #read(id: number) {
		for (const state of ['reading', 'embedding'] as const) {
			this.#move(id, { state, reason: null, problem: null });
			await wait(450);
		}
		this.#end(id);
		const row = this.documents.find((document) => document.id === id);
		if (row) this.#move(id, row);
	}

	#move(id: number, { state, reason, problem }: Pick<DocumentRow, 'state' | 'reason' | 'problem'>) {
		const row = this.documents.find((document) => document.id === id);
		if (!row) return;
		Object.assign(row, { state, reason, problem });
		this.onEvent({ kind: 'file', document: id, name: row.name, state, reason, problem });
	}

	#end(id: number) {
		const plan = this.#plans.get(id);
		const row = this.documents[id - 1]?.id === id ? this.documents[id - 1] : this.documents.find((document) => document.id === id);
		if (!plan || !row) return;
		const { pages, pages_with_text, chunks, reason, problem, ends } = plan;
		Object.assign(row, { pages, pages_with_text, chunks, reason, problem, state: ends ?? 'committed', searchable: chunks > 0 && ends !== 'missing', missing_until: ends === 'missing' ? Math.floor(Date.now() / 1000) + 30 * 86_400 : null });
	}

	#file(id: number): FileRow {
		const row = this.documents.find((document) => document.id === id);
		return {
			name: row?.name ?? '',
			state: row ? endOf(row.state) : 'stopped',
			reason: row?.reason ?? null,
			problem: row?.problem ?? null,
			pages: row?.pages ?? 0,
			pages_with_text: row?.pages_with_text ?? 0,
			chunks: row?.chunks ?? 0,
			seconds: 0.9,
		};
	}
}

/** The file state that an ingest reports for a document in this state. */
function endOf(state: DocumentState): FileState {
	switch (state) {
		case 'committed':
		case 'failed':
		case 'quarantined':
		case 'offline':
		case 'missing':
		case 'removed':
			return state;
		case 'queued':
		case 'reading':
		case 'embedding':
			return 'stopped';
		default:
			return unreachable(state);
	}
}

function tally<State extends string>(rows: { state: State }[]): Partial<Record<State, number>> {
	const counts: Partial<Record<State, number>> = {};
	for (const { state } of rows) counts[state] = (counts[state] ?? 0) + 1;
	return counts;
}
