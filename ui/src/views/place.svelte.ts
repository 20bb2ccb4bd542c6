/** The views of the main pane. Models and settings open as dialogs over them. */
export type ViewName = 'ask' | 'inspect' | 'compare' | 'document' | 'measure' | 'cost' | 'library';

/** How a document is shown: as read, as printed, or page by page with each page's outcome. */
export type DocumentLook = 'text' | 'pages' | 'audit';

const kept = 'assay.folded';

/** The navigation state. Holds only names and ids; the program holds the data. */
class Place {
	view = $state<ViewName>('ask');
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

	go(view: ViewName) {
		this.view = view;
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
