import type { KeyPlace, ModelRegistryView, ModelRow, PullEvent, PullPhase } from '../../contract';
import { problem, wait } from './asking';

/** The pretend model registry: a download takes a few seconds and reports its progress. */
export class PretendRegistry {
	#stopped = new Set<string>();
	pulling: string[] = [];
	key: KeyPlace = 'none';

	constructor(readonly models: ModelRow[]) {}

	view(): ModelRegistryView {
		const languages = [
			{ language: 'eng', documents: 10 },
			{ language: 'zho', documents: 8 },
		];
		return structuredClone({ models: this.models, memory: 8_232_000_000, disk: 41_000_000_000, languages, pulling: this.pulling, key: this.key });
	}

	async pull(name: string, onEvent: (event: PullEvent) => void): Promise<ModelRegistryView> {
		const model = this.#model(name);
		if (name === 'bge-reranker-large') throw problem('model_missing', `${name} is not given to everybody: the hub answered 403`, 'log in there, save the files, and import them');
		const total = model.download ?? 500_000_000;
		this.#stopped.delete(name);
		this.pulling.push(name);
		const speed = total / 6;
		const tell = (phase: PullPhase, done: number) => onEvent({ name, phase, done, total, speed, seconds_left: (total - done) / speed });
		tell('asking', 0);
		await wait(300);
		for (let step = 0; step <= 60 && !this.#stopped.has(name); step += 1) {
			tell('fetching', (total * step) / 60);
			await wait(100);
		}
		this.pulling = this.pulling.filter((other) => other !== name);
		if (this.#stopped.has(name)) throw problem('stopped', 'stopped', '');
		tell('checking', total);
		await wait(400);
		Object.assign(model, { state: 'here', bytes: total });
		return this.view();
	}

	stop(name: string) {
		this.#stopped.add(name);
	}

	async verify(name: string) {
		await wait(500);
		this.#model(name);
	}

	remove(name: string): ModelRegistryView {
		Object.assign(this.#model(name), { state: 'not_here', bytes: 0 });
		return this.view();
	}

	#model(name: string): ModelRow {
		const model = this.models.find((row) => row.name === name);
		if (!model) throw problem('model_missing', `no model is called ${name}`, 'choose one of those listed');
		return model;
	}
}
