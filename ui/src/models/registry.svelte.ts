import type { Hello, ProblemView, PullEvent, Settings, ModelRegistryView } from '../contract';
import { asProblem, host } from '../host';
import { preferences } from '../settings/preferences.svelte';

/** A download's state on screen. */
export interface Pull {
	event: PullEvent | null;
	stopping: boolean;
}

/** The model registry: known and installed models, downloads, problems per model. */
class Registry {
	view = $state<ModelRegistryView | null>(null);
	pulls = $state<Record<string, Pull>>({});
	problems = $state<Record<string, ProblemView>>({});
	/** The last model that passed verification. */
	whole = $state('');
	/** The pair that is being taken. */
	taking = $state('');
	busy = $state('');
	problem = $state<ProblemView | null>(null);

	async read() {
		await this.#view(() => host.modelRegistry());
	}

	/** Downloads a model; true if it is here now. */
	async pull(name: string): Promise<boolean> {
		this.#clear(name);
		this.pulls[name] = { event: null, stopping: false };
		let here = false;
		try {
			const view = await host.pullModel(name, (event) => {
				const pull = this.pulls[name];
				if (pull) pull.event = event;
			});
			this.#take(view);
			here = true;
		} catch (thrown) {
			const problem = asProblem(thrown);
			if (problem.problem !== 'stopped') this.problems[name] = problem;
		}
		this.pulls = without(this.pulls, name);
		return here;
	}

	/** Downloads what is missing of a pair and chooses it; returns the program's reply, or null if it was stopped or failed. */
	async take(pair: string): Promise<Hello | null> {
		this.problem = null;
		this.taking = pair;
		let now = '';
		try {
			const hello = await host.takePair(pair, (event) => {
				if (event.name !== now) this.pulls = without(this.pulls, now);
				now = event.name;
				this.pulls[now] = { event, stopping: this.pulls[now]?.stopping ?? false };
			});
			preferences.take(hello);
			return hello;
		} catch (thrown) {
			const problem = asProblem(thrown);
			if (problem.problem !== 'stopped') this.problem = problem;
			return null;
		} finally {
			this.pulls = without(this.pulls, now);
			this.taking = '';
			await this.#view(() => host.modelRegistry(), false);
		}
	}

	async stop(name: string) {
		const pull = this.pulls[name];
		if (pull) pull.stopping = true;
		await host.stopPull(name);
	}

	async verify(name: string) {
		this.#clear(name);
		this.busy = name;
		try {
			await host.verifyModel(name);
			this.whole = name;
		} catch (thrown) {
			this.problems[name] = asProblem(thrown);
		}
		this.busy = '';
	}

	async remove(name: string) {
		this.#clear(name);
		try {
			this.#take(await host.removeModel(name));
		} catch (thrown) {
			this.problems[name] = asProblem(thrown);
		}
	}

	async import(folder: boolean) {
		this.busy = 'import';
		await this.#view(() => host.importModel(folder));
		this.busy = '';
	}

	async keepKey(key: string) {
		await this.#view(() => host.keepKey(key));
	}

	/** Saves changed settings; returns the program's reply, or null if it refused them. */
	async choose(change: Partial<Settings>): Promise<Hello | null> {
		if (!preferences.settings) return null;
		const outcome = await preferences.save({ ...$state.snapshot(preferences.settings), ...change });
		if ('problem' in outcome) {
			this.problem = outcome.problem;
			return null;
		}
		this.problem = null;
		await this.read();
		return outcome.hello;
	}

	#clear(name: string) {
		this.problems = without(this.problems, name);
		this.whole = '';
		this.problem = null;
	}

	#take(view: ModelRegistryView) {
		this.view = view;
		preferences.models = view.models;
	}

	async #view(ask: () => Promise<ModelRegistryView>, clears = true) {
		try {
			this.#take(await ask());
			if (clears) this.problem = null;
		} catch (thrown) {
			const problem = asProblem(thrown);
			if (problem.problem !== 'stopped') this.problem = problem;
		}
	}
}

export const registry = new Registry();

function without<T>(rows: Record<string, T>, name: string): Record<string, T> {
	return Object.fromEntries(Object.entries(rows).filter(([key]) => key !== name));
}
