import { library, type SettingsChange } from '../library/library.svelte';
import { preferences } from '../settings/preferences.svelte';

/** Saves a change of the settings that a notice of the library offers. */
export const changeSettings: SettingsChange = async (change) => {
	if (!preferences.settings) return;
	const saved = await preferences.save({ ...$state.snapshot(preferences.settings), ...change });
	if ('problem' in saved) throw saved.problem;
	library.take(saved.hello.library);
};
