import type { MeasureStep, ProblemView, RunRow } from '../contract';
import { asProblem, host } from '../host';

/** Saved measurement runs. */
class Runs {
	rows = $state.raw<RunRow[]>([]);
	step = $state.raw<MeasureStep | null>(null);
	problem = $state.raw<ProblemView | null>(null);
	/** The run on show and the run it is compared with. */
	shown = $state<number | null>(null);
	against = $state<number | null>(null);

	run = $derived(this.rows.find((row) => row.id === this.shown) ?? this.rows[0] ?? null);
	other = $derived(this.rows.find((row) => row.id === this.against && row.id !== this.run?.id) ?? null);

	async read() {
		await this.#take(async () => (this.rows = await host.runs()));
	}

	async measure() {
		if (this.step) return;
		this.step = { done: 0, total: 0 };
		await this.#take(async () => {
			const run = await host.measure((step) => (this.step = step));
			this.against ??= this.run?.id ?? null;
			this.rows = [run, ...this.rows];
			this.shown = run.id;
		});
		this.step = null;
	}

	async remove(id: number) {
		await this.#take(async () => (this.rows = await host.deleteRun(id)));
	}

	async #take(call: () => Promise<unknown>) {
		this.problem = null;
		try {
			await call();
		} catch (thrown) {
			this.problem = asProblem(thrown);
		}
	}
}

export const runs = new Runs();
