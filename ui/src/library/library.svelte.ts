import type { CheckReply, DocumentRow, IngestReply, LibraryEvent, LibraryView, ProblemView } from '../contract';
import { asProblem, host } from '../host';

interface Progress {
	done: number;
	files: number;
	secondsLeft: number | null;
}

/** Between two readings of the list while files go by, in milliseconds. */
const restBetweenReads = 300;

class Library {
	documents = $state<DocumentRow[]>([]);
	/** What keeps the index from answering. */
	problem = $state<ProblemView | null>(null);
	progress = $state<Progress | null>(null);
	stopping = $state(false);
	finished = $state<IngestReply | null>(null);
	/** What went wrong with the last thing that was asked of the library. */
	failure = $state<ProblemView | null>(null);
	checked = $state<CheckReply | null>(null);
	checking = $state(false);
	dragging = $state(false);

	busy = $derived(this.progress !== null);
	searchable = $derived(this.documents.some((document) => document.searchable));
	failed = $derived(this.documents.filter((document) => document.state === 'failed'));
	/** Documents per state, in the order of the way; they add up to the rows. */
	counts = $derived.by(() => {
		const order = ['committed', 'queued', 'reading', 'embedding', 'failed'];
		const counts: Record<string, number> = {};
		for (const { state } of this.documents) counts[state] = (counts[state] ?? 0) + 1;
		return Object.entries(counts).sort(([a], [b]) => order.indexOf(a) - order.indexOf(b));
	});

	#reading = false;

	async start(view: LibraryView) {
		this.take(view);
		await host.drags((state) => (this.dragging = state === 'over'));
		await host.watch((event) => this.#on(event));
		if (view.busy) this.#readSoon();
	}

	take(view: LibraryView) {
		this.documents = view.documents;
		this.problem = view.problem;
		// The view has the last word, so an event that was missed or overtaken cannot leave the pane busy.
		this.progress = view.busy ? (this.progress ?? { done: 0, files: 0, secondsLeft: null }) : null;
	}

	/** Runs a command of the library; what it rejects with is shown in the pane. */
	async try(work: () => Promise<unknown>) {
		this.failure = null;
		try {
			await work();
		} catch (thrown) {
			const problem = asProblem(thrown);
			if (problem.problem !== 'stopped') this.failure = problem;
		}
	}

	remove(id: number) {
		return this.try(async () => this.take(await host.removeDocuments([id])));
	}

	async stop() {
		this.stopping = true;
		await this.try(() => host.stopIngest());
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
				this.progress = { done: 0, files: event.files, secondsLeft: null };
				this.#readSoon();
				break;
			case 'file':
				this.#move(event.document, event.state, event.reason);
				break;
			case 'progress':
				this.progress = { done: event.done, files: event.files, secondsLeft: event.seconds_left };
				break;
			case 'finished':
				this.#end();
				this.finished = event.reply;
				break;
			case 'failed':
				this.#end();
				if (event.problem.problem !== 'stopped') this.failure = event.problem;
				break;
		}
	}

	#end() {
		this.progress = null;
		this.stopping = false;
		this.#readSoon();
	}

	#move(id: number, state: string, reason: string | null) {
		const row = this.documents.find((document) => document.id === id);
		if (row) {
			row.state = state;
			row.reason = reason;
		}
		if (!row || state === 'committed' || state === 'failed') this.#readSoon();
	}

	#readSoon() {
		if (this.#reading) return;
		this.#reading = true;
		setTimeout(async () => {
			this.#reading = false;
			await this.try(async () => this.take(await host.library()));
		}, restBetweenReads);
	}
}

export const library = new Library();
