import type { CostView, ProblemView } from '../contract';
import { asProblem, host } from '../host';

/** The cost of a question, measured when the view first opens. */
class Costing {
	view = $state.raw<CostView | null>(null);
	problem = $state.raw<ProblemView | null>(null);
	running = $state(false);

	async measure() {
		if (this.running) return;
		this.running = true;
		this.problem = null;
		try {
			this.view = await host.cost();
		} catch (thrown) {
			this.problem = asProblem(thrown);
		}
		this.running = false;
	}
}

export const costing = new Costing();
