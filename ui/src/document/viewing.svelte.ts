import type { DocumentView, ProblemView } from '../contract';
import { asProblem, host } from '../host';

/** The open document; its text is released when it closes. */
class Viewing {
	document = $state.raw<DocumentView | null>(null);
	problem = $state.raw<ProblemView | null>(null);

	async open(document: number) {
		if (this.document?.document === document) return;
		this.document = null;
		this.problem = null;
		try {
			this.document = await host.document(document);
		} catch (thrown) {
			this.problem = asProblem(thrown);
		}
	}

	close() {
		this.document = null;
		this.problem = null;
	}
}

export const viewing = new Viewing();
