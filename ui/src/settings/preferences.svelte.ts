import type { Hello, ModelRow, ProblemView, Settings, SystemLook } from '../contract';
import { asProblem, host } from '../host';
import { languageFor, speech } from '../words/speech.svelte';

const systemDark = matchMedia('(prefers-color-scheme: dark)');

class Preferences {
	settings = $state<Settings | null>(null);
	models = $state<ModelRow[]>([]);
	version = $state('');
	device = $state('');
	#systemIsDark = $state(systemDark.matches);
	/** The desktop portal's theme and contrast, which override the web view's. */
	#desktop = $state<SystemLook>({ dark: null, contrast: false });

	#chosen = $derived(this.settings?.theme ?? 'system');
	dark = $derived(this.#chosen === 'dark' || (this.#chosen === 'system' && (this.#desktop.dark ?? this.#systemIsDark)));
	contrast = $derived(this.#desktop.contrast);
	/** Whether the window's frame is dark; null follows the system. */
	frame = $derived(this.#chosen === 'system' && this.#desktop.dark === null ? null : this.dark);

	constructor() {
		systemDark.addEventListener('change', (event) => (this.#systemIsDark = event.matches));
	}

	systemLooks(look: SystemLook) {
		this.#desktop = look;
	}

	take(hello: Hello) {
		this.settings = hello.settings;
		this.models = hello.models;
		this.version = hello.version;
		this.device = hello.device;
		speech.use(languageFor(hello.settings.language, navigator.language));
	}

	/** Saves settings; returns the new state or the problem. */
	async save(settings: Settings): Promise<{ hello: Hello } | { problem: ProblemView }> {
		try {
			const hello = await host.saveSettings(settings);
			this.take(hello);
			return { hello };
		} catch (thrown) {
			return { problem: asProblem(thrown) };
		}
	}

	/** Applies and saves language and theme at once. */
	async look(change: Partial<Pick<Settings, 'language' | 'theme'>>): Promise<ProblemView | null> {
		if (!this.settings) return null;
		Object.assign(this.settings, change);
		if (change.language !== undefined) speech.use(languageFor(change.language, navigator.language));
		const saved = await this.save($state.snapshot(this.settings));
		return 'problem' in saved ? saved.problem : null;
	}
}

export const preferences = new Preferences();
