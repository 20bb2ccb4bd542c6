import type { LanguageRow, ModelRow } from '../contract';

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
