import type { LanguageRow, ModelRow } from '../contract';

/** Languages of the library that a model was not trained on; none where the model states none. */
export function unread(model: ModelRow, library: LanguageRow[]): LanguageRow[] {
	if (model.languages.length === 0) return [];
	return library.filter((row) => !model.languages.includes(row.language));
}

/** Whether a model at work would take more than this machine has to spare; a quarter stays for the rest. */
export function isTooLarge(model: ModelRow, memory: number | null): boolean {
	return model.memory !== null && memory !== null && model.memory > memory * 0.75;
}

export function isHere(model: ModelRow): boolean {
	return model.state === 'built_in' || model.state === 'here';
}
