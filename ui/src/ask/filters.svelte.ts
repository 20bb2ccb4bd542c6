import type { DocumentRow, ScopeChoice } from '../contract';

/** What limits the documents that the next questions search. */
class Filters {
	/** Whether the controls are shown. */
	shown = $state(false);
	documents = $state.raw<readonly Pick<DocumentRow, 'id' | 'name'>[]>([]);
	format = $state<string | null>(null);
	language = $state<string | null>(null);
	/** Only files written on this day or later. */
	since = $state('');

	count = $derived([this.documents.length > 0, this.format !== null, this.language !== null, this.since !== ''].filter(Boolean).length);

	/** As a request has them; undefined without any. */
	choice(): ScopeChoice | undefined {
		if (this.count === 0) return undefined;
		return {
			...(this.documents.length > 0 && { documents: this.documents.map(({ id }) => id) }),
			...(this.format !== null && { formats: [this.format] }),
			...(this.language !== null && { languages: [this.language] }),
			...(this.since !== '' && { since: this.since }),
		};
	}

	/** Limits the next questions to these documents alone. */
	only(documents: readonly Pick<DocumentRow, 'id' | 'name'>[]) {
		this.clear();
		this.documents = documents.map(({ id, name }) => ({ id, name }));
		this.shown = true;
	}

	/** Takes a document out. */
	without(id: number) {
		this.documents = this.documents.filter((document) => document.id !== id);
	}

	clear() {
		this.documents = [];
		this.format = null;
		this.language = null;
		this.since = '';
	}
}

export const filters = new Filters();
