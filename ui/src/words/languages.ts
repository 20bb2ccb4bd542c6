import { speech } from './speech.svelte';

/** Names that the screen prefers, and those that a web view may lack. The reader of documents says `cmn` where models say `zho`. */
const own: Record<'en' | 'zh', Record<string, string>> = {
	en: { zho: 'Chinese', cmn: 'Chinese', eng: 'English' },
	zh: { zho: '中文', cmn: '中文', eng: '英文' },
};

/** A language's name in the language of the screen; its code if nobody knows a name. */
export function languageName(code: string): string {
	const { language } = speech;
	return own[language][code] ?? known(code, language) ?? code;
}

function known(code: string, language: string): string | undefined {
	try {
		return new Intl.DisplayNames([language], { type: 'language', fallback: 'none' }).of(code);
	} catch {
		return undefined;
	}
}
