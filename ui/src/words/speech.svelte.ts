import { en, type Words } from './en';
import { zh } from './zh';

export type Language = 'en' | 'zh';

const dictionaries: Record<Language, Words> = { en, zh };

/** The setting's language, or the system's if the setting names none. */
export function languageFor(setting: string, system: string): Language {
	const wanted = setting === '' ? system : setting;
	return wanted.toLowerCase().startsWith('zh') ? 'zh' : 'en';
}

class Speech {
	language = $state<Language>(languageFor('', navigator.language));
	words = $derived(dictionaries[this.language]);

	use(language: Language) {
		this.language = language;
		document.documentElement.lang = language === 'zh' ? 'zh-CN' : 'en';
	}
}

export const speech = new Speech();
