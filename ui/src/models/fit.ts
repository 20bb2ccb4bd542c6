import type { LanguageRow, ModelRow, ProblemView } from '../contract';
import type { Language } from '../words/speech.svelte';

/** Languages of the library that a model was not trained on; empty if the model states no languages. */
export function unread(model: ModelRow, library: LanguageRow[]): LanguageRow[] {
	if (model.languages.length === 0) return [];
	return library.filter((row) => !model.languages.includes(row.language));
}

/** Whether a running model needs more than three quarters of this machine's memory. */
export function isTooLarge(model: ModelRow, memory: number | null): boolean {
	return model.memory !== null && memory !== null && model.memory > memory * 0.75;
}

export function isHere(model: ModelRow): boolean {
	return model.state === 'built_in' || model.state === 'here';
}

/** Its purpose in the window's language. */
export function purpose(model: ModelRow, language: Language): string {
	return language === 'zh' && model.about_zh !== '' ? model.about_zh : model.about;
}

/** Bytes on the disk, else those of the download; null where nobody states them. */
export function length(model: ModelRow): number | null {
	return model.bytes > 0 ? model.bytes : model.download;
}

/** Whether it can be downloaded: it is not here, and the catalogue offers it. */
export function isOffered(model: ModelRow): boolean {
	return !isHere(model) && model.repository !== null && model.obstacle === null;
}

/** Whether a library takes nothing in because its bi-encoder is absent or damaged; files wait for it then. */
export function waitsForEmbedder(problem: ProblemView | null): boolean {
	return problem?.problem === 'model_missing' || problem?.problem === 'model_wrong';
}
