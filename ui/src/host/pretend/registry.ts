import type { KeyPlace, MirrorRow, ModelRegistryView, ModelRow, PairRow, PullEvent, PullPhase } from '../../contract';
import { problem, wait } from './asking';
import catalogue from './catalogue.json';

/** Written from models/catalogue.toml by a test of assay-app. */
const { models, pairs, mirrors } = catalogue as { models: ModelRow[]; pairs: PairRow[]; mirrors: MirrorRow[] };

/** The model of a fresh checkout that was fetched with it. */
export const fetched = 'all-MiniLM-L6-v2';
/** Stands for the length of a shipped model's files, which the catalogue does not state. */
const shippedBytes = 86_050_000;
/** A model that its owner gives to nobody who is not logged in. */
export const refused = 'bge-reranker-large';

/** The pretend model registry: a download takes a few seconds and reports its progress. */
export class PretendRegistry {
	#stopped = new Set<string>();
	pulling: string[] = [];
	key: KeyPlace = 'none';
	models: ModelRow[];

	constructor(readonly memory = 8_232_000_000) {
		const best = this.#best();
		this.models = structuredClone(models).map((row) => {
			const recommended = row.name === best?.embedder || row.name === best?.reranker;
			if (row.state === 'built_in') return { ...row, bytes: shippedBytes, recommended };
			return row.name === fetched ? { ...row, state: 'here', bytes: row.download ?? 0, recommended } : { ...row, recommended };
		});
	}

	view(): ModelRegistryView {
		const languages = [
			{ language: 'eng', documents: 10 },
			{ language: 'zho', documents: 8 },
		];
		const left = (name: string) => {
			const row = this.models.find((model) => model.name === name);
			return row?.state === 'not_here' ? row.download : 0;
		};
		const rows = pairs.map((pair): PairRow => {
			const [one, other] = [left(pair.embedder), left(pair.reranker)];
			return { ...pair, download: one === null || other === null || one === undefined || other === undefined ? null : one + other, recommended: pair.name === this.#best()?.name };
		});
		return structuredClone({ models: this.models, pairs: rows, mirrors, memory: this.memory, disk: 41_000_000_000, languages, pulling: this.pulling, key: this.key });
	}

	async pull(name: string, onEvent: (event: PullEvent) => void): Promise<ModelRegistryView> {
		const model = this.#model(name);
		if (name === refused) throw problem('model_missing', `${name} is not given to everybody: the hub answered 403`, 'log in there, save the files, and import them');
		if (model.obstacle !== null) throw problem('model_missing', `${name} is not offered`, 'choose another model');
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

	/** Downloads what is missing of a pair; returns it. */
	async take(name: string, onEvent: (event: PullEvent) => void): Promise<PairRow> {
		const pair = pairs.find((row) => row.name === name);
		if (!pair) throw problem('bad_setting', `no pair is called ${name}`, 'choose one of those listed');
		for (const model of [pair.embedder, pair.reranker]) {
			if (this.#model(model).state === 'not_here') await this.pull(model, onEvent);
		}
		return pair;
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

	#best(): PairRow | undefined {
		return pairs.findLast((pair) => pair.memory * 0.85 <= this.memory) ?? pairs[0];
	}

	#model(name: string): ModelRow {
		const model = this.models.find((row) => row.name === name);
		if (!model) throw problem('model_missing', `no model is called ${name}`, 'choose one of those listed');
		return model;
	}
}
