/** The views of the main pane. The shelf of models and the settings open over them. */
export type ViewName = 'ask' | 'inspect' | 'compare' | 'document' | 'measure' | 'cost';

/** Where the user is. Holds names and ids, nothing that the program knows better. */
class Place {
	view = $state<ViewName>('ask');
	/** The document that is open, and the passages one can go through in it. */
	document = $state<number | null>(null);
	chunk = $state<string | null>(null);
	#from: ViewName = 'ask';

	go(view: ViewName) {
		this.view = view;
	}

	openDocument(document: number, chunk: string | null) {
		if (this.view !== 'document') this.#from = this.view;
		this.document = document;
		this.chunk = chunk;
		this.view = 'document';
	}

	back() {
		this.view = this.#from;
	}
}

export const place = new Place();
