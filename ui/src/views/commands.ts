import { asMarkdown } from '../ask/asText';
import { asking } from '../ask/asking.svelte';
import { host } from '../host';
import { preferences } from '../settings/preferences.svelte';
import { speech } from '../words/speech.svelte';
import { place, type ViewName } from './place.svelte';
import { tour } from './tour.svelte';
import { zoom } from './zoom.svelte';

/** Something that can be done from the palette or by its keys. */
export interface Command {
	name: string;
	keys?: string;
	run: () => unknown;
}

/** Replies of the conversation that is open, the oldest first. */
function replies() {
	return [...asking.earlier].reverse().concat(asking.current ?? []).flatMap((turn) => (turn.reply ? [turn.reply] : []));
}

export function commands(open: { settings: () => void; box: () => void }): Command[] {
	const t = speech.words.palette;
	const views: ViewName[] = ['ask', 'inspect', 'compare', 'measure', 'cost'];
	const says = { sources: speech.words.ask.sources, page: speech.words.ask.page };
	const answered = replies().length > 0;
	return [
		{ name: t.ask, keys: '/', run: open.box },
		...views.map((view, at): Command => ({ name: t.go(speech.words.views.names[view] ?? view), keys: `Alt ${at + 1}`, run: () => place.go(view) })),
		...(answered
			? [
					{ name: t.print, keys: 'Ctrl P', run: () => host.print() },
					{ name: t.exportMarkdown, keys: 'Ctrl S', run: () => host.saveText('conversation.md', asMarkdown(replies(), says)) },
				]
			: []),
		{ name: t.newConversation, run: () => { asking.clear(); open.box(); } },
		{ name: t.tour, run: () => tour.start() },
		{ name: t.theme, run: () => preferences.look({ theme: preferences.dark ? 'light' : 'dark' }) },
		{ name: t.language, run: () => preferences.look({ language: speech.language === 'zh' ? 'en' : 'zh' }) },
		{ name: t.settings, keys: 'Ctrl ,', run: open.settings },
		{ name: t.zoomIn, keys: 'Ctrl +', run: () => zoom.by(1) },
		{ name: t.zoomOut, keys: 'Ctrl -', run: () => zoom.by(-1) },
		{ name: t.zoomReset, keys: 'Ctrl 0', run: () => zoom.reset() },
	];
}

/** The command that a key press means, if any. */
export function pressed(event: KeyboardEvent, list: Command[]): Command | undefined {
	const main = event.ctrlKey || event.metaKey;
	if (event.altKey && !main && /^[1-9]$/.test(event.key)) return list.find(({ keys }) => keys === `Alt ${event.key}`);
	if (!main || event.altKey) return undefined;
	const key = event.key === '=' ? '+' : event.key.toUpperCase();
	return list.find(({ keys }) => keys === `Ctrl ${key}`);
}
