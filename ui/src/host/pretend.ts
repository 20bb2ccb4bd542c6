import type { BackupView, Hello, TurnRow } from '../contract';
import { waitsForEmbedder } from '../models/fit';
import { problem, wait, answerQuestion, withdraw } from './pretend/asking';
import { crowd } from './pretend/files';
import { PretendLibrary, samples, troubled } from './pretend/ingest';
import { inspecting } from './pretend/inspecting';
import { library as passages } from './pretend/search';
import { settings } from './pretend/settings';
import { sharing } from './pretend/sharing';
import { PretendRegistry, fetched } from './pretend/registry';
import { outside } from './pretend/outside';
import type { DragState, Host } from './types';

/**
 * The pretend host: sample data and timers on the same progress, streaming and cancel paths as the program.
 * Query parameters select a state: `?empty`, `?stale`, `?nomodel`, `?damaged`, `?broken`, `?notices`, `?files=10000`, `?lang=zh`,
 * `?theme=dark`.
 */
const wish = new URLSearchParams(location.search);
const library = new PretendLibrary();
if (!wish.has('empty')) library.fill();
if (wish.has('stale')) {
	library.problem = problem('index_of_another_model', 'the index was filled by bge-m3 in chunks of 512 tokens', 'rebuild the index, or choose bge-m3 again');
}

let current = { ...settings, language: wish.get('lang') ?? '', theme: (wish.get('theme') ?? 'system') as typeof settings.theme };
if (wish.has('nomodel')) {
	current.embedder = 'multilingual-e5-base';
	library.problem = problem('model_missing', 'the model multilingual-e5-base is not on this machine', 'fetch it: assay models pull multilingual-e5-base');
}
if (wish.has('damaged')) {
	current.embedder = fetched;
	library.problem = problem('model_wrong', `model.safetensors of ${fetched} cannot be read: its header is cut off`, `fetch it again: assay models pull ${fetched}`);
}
const registry = new PretendRegistry();
let asked = 0;
const saved = new Map<number, TurnRow[]>();

function hello(): Hello {
	return structuredClone({ version: '0.1.0', settings: current, models: registry.models, library: library.view(), device: 'cpu (8 threads, int8 with avx2; no graphics card, because this build computes on the processor alone)' });
}

/** The bi-encoder is here: the library takes in what waited. */
function recovered() {
	library.problem = null;
	setTimeout(() => library.resume(), 100);
}

function backup(found: boolean): BackupView {
	const roots = [{ id: 0, name: 'notes', documents: 12, watched: true, found }];
	return { created: 1_790_000_000, documents: 12, questions: 3, judgements: 1, index: false, models: false, roots };
}

function conversations() {
	return [...saved].map(([id, turns]) => ({ id, title: turns[0]?.reply.question ?? '', created: turns[0]?.created ?? 0, turns: turns.length }));
}

export const host: Host = {
	async hello() {
		await wait(50);
		if (wish.has('broken')) throw problem('library_in_use', 'another Assay has the library open', 'close it and try again');
		return hello();
	},
	async watch(onEvent) {
		library.onEvent = onEvent;
	},
	async drags(onDrag: (state: DragState) => void) {
		addEventListener('dragover', (event) => {
			event.preventDefault();
			onDrag('over');
		});
		addEventListener('dragleave', (event) => {
			if (event.relatedTarget === null) onDrag('gone');
		});
		addEventListener('drop', (event) => {
			event.preventDefault();
			onDrag('dropped');
			void library.add(troubled);
		});
	},

	async library() {
		return library.view();
	},
	async chooseFiles(collection) {
		void library.add(troubled.map((plan) => ({ ...plan, collection: collection ?? 'default' })));
	},
	async chooseFolder(collection) {
		void library.add([...samples, ...troubled.map((plan) => ({ ...plan, collection: collection ?? 'default' })), ...crowd()]);
	},
	async addSamples() {
		void library.add(samples);
	},
	async ingestAgain(documents) {
		void library.again(documents);
	},
	async removeDocuments(documents) {
		library.remove(documents);
		for (const { reply } of [...saved.values()].flat()) withdraw(reply, documents);
		return library.view();
	},
	async bringBack(removed) {
		library.bringBack(removed);
	},
	async stopIngest() {
		library.stop();
	},
	async pauseIngest(paused) {
		library.pause(paused);
	},
	async ingestFirst(documents) {
		library.first(documents);
	},
	async watchFolder(collection) {
		library.watch(collection ?? 'default');
	},
	async unwatchFolder(folder) {
		library.unwatch(folder);
		return library.view();
	},
	async rebuild() {
		library.problem = null;
		void library.again(library.documents.map((row) => row.id));
	},
	async check() {
		await wait(600);
		const chunks = library.documents.reduce((sum, row) => sum + row.chunks, 0);
		return { ok: true, documents: library.documents.filter((row) => row.searchable).length, chunks, problems: [] };
	},

	async backUp(choice, onProgress) {
		for (const done of [20e6, 40e6, 60e6]) {
			await wait(300);
			onProgress({ done, total: 60e6 });
		}
		const left_out = (['index', 'models'] as const).filter((part) => !choice[part]);
		return { documents: library.documents.length, questions: saved.size, judgements: 0, bytes: 21e6, left_out };
	},
	...sharing,
	async stopBackup() {},
	async chooseBackup() {
		return backup(false);
	},
	async chooseRestoreRoot() {
		return backup(true);
	},
	async restore() {
		throw problem('library_not_empty', 'the library is not empty, and a restore never merges two libraries', 'name an empty or a new folder with --data; nothing was changed');
	},

	async ask(request, onEvent) {
		if (library.documents.length === 0) throw problem('empty_library', 'the library holds no document', 'add files or try the sample library');
		const mine = ++asked;
		const reply = await answerQuestion(request, current, () => mine !== asked, onEvent);
		const id = request.conversation ?? saved.size + 1;
		const kept = { ...reply, conversation: id };
		saved.set(id, [...(saved.get(id) ?? []), { created: Math.floor(Date.now() / 1000), reply: kept, unreadable: false }]);
		return kept;
	},
	async stopAsk() {
		asked += 1;
	},
	async passage(chunk) {
		await wait(40);
		const found = passages.find((row) => row.chunk === chunk);
		if (!found) throw problem('missing_file', `no passage ${chunk}`, 'ask again');
		const page = passages.filter((row) => row.document === found.document && row.page === found.page);
		const at = page.indexOf(found);
		const text = (rows: typeof page) => rows.map((row) => row.text).join('\n\n');
		const pages = Math.max(1, ...passages.filter((row) => row.document === found.document).map((row) => row.page ?? 1));
		const before = text(page.slice(0, at));
		const after = text(page.slice(at + 1));
		return { ...found, pages, before: before && `${before}\n\n`, after: after && `\n\n${after}` };
	},

	...inspecting(
		() => current,
		(document) => library.documents.find((row) => row.id === document),
	),
	...outside,

	async saveSettings(next) {
		await wait(80);
		if (next.chunk_overlap >= next.chunk_tokens) {
			throw problem('bad_setting', `chunk_overlap is ${next.chunk_overlap}, chunk_tokens is ${next.chunk_tokens}`, 'make the overlap smaller than the chunk');
		}
		if (waitsForEmbedder(library.problem) && next.embedder !== current.embedder) {
			current = { ...next };
			recovered();
			return hello();
		}
		const stale = next.chunk_tokens !== settings.chunk_tokens || next.embedder !== settings.embedder;
		library.problem = stale ? problem('index_of_another_model', 'the index was filled with other chunks', 'rebuild the index') : null;
		current = { ...next };
		return hello();
	},
	async chooseWriter() {
		throw problem('stopped', 'no file was chosen', '');
	},

	async modelRegistry() {
		return registry.view();
	},
	async pullModel(name, onEvent) {
		const view = await registry.pull(name, onEvent);
		if (name === current.embedder) recovered();
		return view;
	},
	async takePair(name, onEvent) {
		const { embedder, reranker } = await registry.take(name, onEvent);
		return host.saveSettings({ ...current, embedder, reranker });
	},
	async stopPull(name) {
		registry.stop(name);
	},
	async importModel() {
		await wait(400);
		throw problem('model_wrong', 'pytorch_model.bin is a pickle, a format that can run code when it is opened, and Assay does not open it', 'use a copy of the model with model.safetensors');
	},
	verifyModel: (name) => registry.verify(name),
	async removeModel(name) {
		return registry.remove(name);
	},
	async keepKey(key) {
		registry.key = key === '' ? 'none' : 'store';
		return registry.view();
	},

	async conversations() {
		return conversations();
	},
	async findConversations(words) {
		const wanted = words.toLowerCase().split(/\s+/).filter(Boolean);
		const holds = (id: number) => (saved.get(id) ?? []).some(({ reply }) => wanted.every((word) => `${reply.question}\n${reply.answer.text}`.toLowerCase().includes(word)));
		return conversations().filter((row) => holds(row.id));
	},
	async turns(conversation) {
		return structuredClone(saved.get(conversation) ?? []);
	},
	async deleteConversation(conversation) {
		saved.delete(conversation);
		return conversations();
	},
};
