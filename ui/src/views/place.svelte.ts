/** The views of the main pane. Models and settings open as dialogs over them. */
export type ViewName = 'ask' | 'library' | LabView | 'document';

/** The views of the lab. */
export type LabView = 'compare' | 'measure' | 'cost';

export const labViews: readonly LabView[] = ['compare', 'measure', 'cost'];

/** How a document is shown: as read, as printed, or page by page with each page's outcome. */
export type DocumentLook = 'text' | 'pages' | 'audit';

const kept = 'assay.folded';

/** The navigation state. Holds only names and ids; the program holds the data. */
class Place {
	view = $state<ViewName>('ask');
	/** The view of the lab that was shown last. */
	lab = $state<LabView>('compare');
	/** Whether a passage opens beside the answer; the Ask view says it from its width. */
	roomy = $state(false);
	/** The open document and the passages to step through. */
	document = $state<number | null>(null);
	chunk = $state<string | null>(null);
	look = $state<DocumentLook>('text');
	/** Whether passages of PDFs open on their original page, or as extracted text. */
	passages = $state<'pages' | 'text'>('pages');
	/** Whether the side pane is hidden. Kept in the page's local storage, because it depends on the screen. */
	folded = $state(localStorage.getItem(kept) === 'yes');
	/** The question box while the Ask view shows it. */
	box: HTMLTextAreaElement | undefined;
	#from: ViewName = 'ask';

	go(view: ViewName | 'lab') {
		this.view = view === 'lab' ? this.lab : view;
		const lab = labViews.find((one) => one === view);
		if (lab) this.lab = lab;
	}

	/** Shows the Ask view with the caret in the question box. */
	toBox() {
		this.view = 'ask';
		setTimeout(() => this.box?.focus());
	}

	openDocument(document: number, chunk: string | null, look: DocumentLook = 'text') {
		if (this.view !== 'document') this.#from = this.view;
		this.document = document;
		this.chunk = chunk;
		this.look = look;
		this.view = 'document';
	}

	back() {
		this.view = this.#from;
	}

	fold() {
		this.folded = !this.folded;
		localStorage.setItem(kept, this.folded ? 'yes' : 'no');
	}
}

export const place = new Place();
