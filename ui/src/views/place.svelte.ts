/** The views of the main pane. The models and the settings open over them. */
export type ViewName = 'ask' | 'inspect' | 'compare' | 'document' | 'measure' | 'cost' | 'library';

/** How a document is shown: as read, as printed, or page by page with what became of each. */
export type DocumentLook = 'text' | 'pages' | 'audit';

const kept = 'assay.folded';

/** Where the user is. Holds names and ids, nothing that the program knows better. */
class Place {
	view = $state<ViewName>('ask');
	/** The document that is open, and the passages one can go through in it. */
	document = $state<number | null>(null);
	chunk = $state<string | null>(null);
	look = $state<DocumentLook>('text');
	/** Whether the side pane is hidden. Belongs to this screen, so it stays with the page. */
	folded = $state(localStorage.getItem(kept) === 'yes');
	#from: ViewName = 'ask';

	go(view: ViewName) {
		this.view = view;
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
