import type { CheckReply, DocumentRow, FolderRow, IngestReply, LibraryEvent, LibraryView, NoticeRow, ProblemView, RemoteRole, RemovedRow, Settings } from '../contract';
import { asProblem, host } from '../host';
import { waitsForEmbedder } from '../models/fit';
import { announce } from './announce';
import { tally, troubles } from './rows';

interface Progress {
	done: number;
	files: number;
	secondsLeft: number | null;
}

/** Milliseconds between two refreshes of the list during an ingest; longer for a long list. */
const restBetweenReads = (rows: number) => Math.max(300, rows / 4);
/** Milliseconds between two updates of file states, which arrive faster than the page can render. */
const restBetweenMoves = 120;

/** Saves a change of the settings; throws what speaks against it. */
export type SettingsChange = (change: Partial<Settings>) => Promise<void>;

class Library {
	/** Replaced whole, never mutated (`$state.raw`): there may be tens of thousands. */
	documents = $state.raw<readonly DocumentRow[]>([]);
	folders = $state.raw<readonly FolderRow[]>([]);
	/** Files that the user removed from followed folders. */
	removed = $state.raw<readonly RemovedRow[]>([]);
	/** Notices not yet dismissed. */
	notices = $state.raw<readonly NoticeRow[]>([]);
	/** Names of files and folders that wait until the library can take them in. */
	waiting = $state.raw<readonly string[]>([]);
	waitingCount = $state(0);
	paused = $state(false);
	/** Pieces of work that the user stopped and that wait until the user goes on. */
	stopped = $state(0);
	/** How the library is shared through an object store. */
	shared = $state<RemoteRole>('off');
	/** Why the index cannot answer; null if it can. */
	problem = $state<ProblemView | null>(null);
	progress = $state<Progress | null>(null);
	stopping = $state(false);
	finished = $state<IngestReply | null>(null);
	/** Why the last library command failed; null if it did not. */
	failure = $state<ProblemView | null>(null);
	checked = $state<CheckReply | null>(null);
	checking = $state(false);
	dragging = $state(false);

	busy = $derived(this.progress !== null);
	searchable = $derived(this.documents.some((document) => document.searchable));
	troubles = $derived(troubles(this.documents));
	/** Number of documents per state, in `stateOrder`; the sum is the number of rows. */
	counts = $derived(tally(this.documents));
	/** Number of files and folders left out by rule in followed folders. */
	excluded = $derived(this.folders.reduce((sum, folder) => sum + folder.excluded, 0));
	collections = $derived([...new Set(this.documents.map((row) => row.collection))].sort());

	#put = new Set<string>();
	#moves = new Map<number, Pick<DocumentRow, 'state' | 'reason' | 'problem'>>();
	#reading = false;

	async start(view: LibraryView) {
		this.take(view);
		await host.drags((state) => (this.dragging = state === 'over'));
		await host.watch((event) => this.#on(event));
		if (view.busy) this.#readSoon();
	}

	take(view: LibraryView) {
		this.documents = view.documents;
		this.folders = view.folders;
		this.removed = view.removed;
		this.notices = view.notices.filter((notice) => !this.#put.has(notice.what));
		this.paused = view.paused;
		this.stopped = view.stopped;
		this.problem = view.problem;
		this.shared = view.shared;
		this.waiting = view.waiting;
		this.waitingCount = view.waiting_count;
		// The view overrides progress events, so that a lost or late event cannot leave the pane busy.
		this.progress = view.busy ? (this.progress ?? { done: 0, files: 0, secondsLeft: null }) : null;
	}

	/** Runs a library command; the pane shows its problem if it fails. */
	async try(work: () => Promise<unknown>) {
		this.failure = null;
		try {
			await work();
		} catch (thrown) {
			const problem = asProblem(thrown);
			if (problem.problem !== 'stopped') this.failure = problem;
		}
	}

	remove(documents: readonly number[]) {
		return this.try(async () => this.take(await host.removeDocuments([...documents])));
	}

	async stop() {
		this.stopping = true;
		await this.try(() => host.stopIngest());
	}

	async pause(paused: boolean) {
		await this.try(() => host.pauseIngest(paused));
	}

	/** Moves the queued ones among these documents to the front of the queue. */
	first(documents: readonly DocumentRow[]) {
		return this.try(() => host.ingestFirst(documents.filter((row) => row.state === 'queued').map((row) => row.id)));
	}

	again(documents: readonly DocumentRow[]) {
		return this.try(() => host.ingestAgain(documents.map((row) => row.id)));
	}

	/** Goes on with everything that the user stopped. */
	goOn() {
		return this.try(() => host.ingestAgain([]));
	}

	/** Takes a file in again that was removed from a followed folder. */
	bringBack(removed: number) {
		return this.try(() => host.bringBack([removed]));
	}

	/** Follows a folder that the user chooses; its files join the collection, or the default one. */
	async follow(collection: string | null = null) {
		await this.try(() => host.watchFolder(collection));
		this.#readSoon();
	}

	unfollow(folder: number) {
		return this.try(async () => this.take(await host.unwatchFolder(folder)));
	}

	/** Dismisses a notice until the window closes. */
	putAway(notice: NoticeRow) {
		this.#put.add(notice.what);
		this.notices = this.notices.filter((other) => other.what !== notice.what);
	}

	async check() {
		this.checking = true;
		await this.try(async () => (this.checked = await host.check()));
		this.checking = false;
	}

	#on(event: LibraryEvent) {
		switch (event.kind) {
			case 'started':
				this.failure = null;
				this.finished = null;
				this.stopping = false;
				this.paused = false;
				this.progress = { done: 0, files: event.files, secondsLeft: null };
				this.#readSoon();
				break;
			case 'file':
				this.#move(event.document, event);
				break;
			case 'progress':
				this.progress = { done: event.done, files: event.files, secondsLeft: event.seconds_left };
				break;
			case 'paused':
				this.paused = event.paused;
				break;
			case 'finished':
				this.#end();
				this.finished = event.reply;
				announce(event.reply);
				break;
			case 'failed':
				this.#end();
				// The pane offers a model instead; the files wait for it.
				if (waitsForEmbedder(event.problem)) this.problem = event.problem;
				else if (event.problem.problem !== 'stopped') this.failure = event.problem;
				break;
			case 'changed':
				this.#readSoon();
				break;
		}
	}

	#end() {
		this.progress = null;
		this.stopping = false;
		this.paused = false;
		this.#readSoon();
	}

	#move(id: number, { state, reason, problem }: Pick<DocumentRow, 'state' | 'reason' | 'problem'>) {
		if (this.#moves.size === 0) setTimeout(() => this.#draw(), restBetweenMoves);
		this.#moves.set(id, { state, reason, problem });
	}

	#draw() {
		const moves = this.#moves;
		this.#moves = new Map();
		let [known, ended] = [0, false];
		this.documents = this.documents.map((row) => {
			const move = moves.get(row.id);
			if (!move) return row;
			known += 1;
			ended ||= move.state === 'committed' || move.state === 'failed' || move.state === 'quarantined';
			return { ...row, ...move };
		});
		if (known < moves.size || ended) this.#readSoon();
	}

	#readSoon() {
		if (this.#reading) return;
		this.#reading = true;
		setTimeout(async () => {
			this.#reading = false;
			await this.try(async () => this.take(await host.library()));
		}, restBetweenReads(this.documents.length));
	}
}

export const library = new Library();
