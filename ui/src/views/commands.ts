import { asJson, asMarkdown } from '../ask/asText';
import { asking } from '../ask/asking.svelte';
import { depth, depths } from '../desk/depth.svelte';
import { host } from '../host';
import { apple } from '../shared/keys';
import { preferences } from '../settings/preferences.svelte';
import { speech } from '../words/speech.svelte';
import { labViews, place } from './place.svelte';
import { tour } from './tour.svelte';
import { zoom } from './zoom.svelte';

/** A command of the palette, the window's menu or a keyboard shortcut. */
export interface Command {
	/** Id in the menu. */
	id: string;
	name: string;
	keys?: string;
	/** A key that applies outside text fields. */
	letter?: string;
	run: () => unknown;
}

/** Replies of the open conversation, oldest first. */
function replies() {
	return [...asking.earlier].reverse().concat(asking.current ?? []).flatMap((turn) => (turn.reply ? [turn.reply] : []));
}

const menuIdOf = (view: string) => `go${view[0]?.toUpperCase()}${view.slice(1)}`;

/** Labels of the window's menu, by id. */
export function menuNames(): Record<string, string> {
	const views = Object.entries(speech.words.views.names).map(([view, name]) => [menuIdOf(view), name]);
	return { ...speech.words.window.menu, ...Object.fromEntries(views) };
}

export function commands(open: { settings: () => void; models: () => void; backup: () => void; palette: () => void; box: () => void; fresh: () => void }): Command[] {
	const t = speech.words.palette;
	const names = speech.words.views.names;
	const go = (view: 'ask' | 'library' | 'lab' | (typeof labViews)[number], keys?: string): Command => ({ id: menuIdOf(view), name: t.go(names[view] ?? view), ...(keys && { keys }), run: () => place.go(view) });
	const w = speech.words.window;
	const answered = replies().length > 0;
	return [
		{ id: 'ask', name: t.ask, keys: '/', letter: '/', run: open.box },
		go('ask', 'Alt 1'),
		go('library', 'Alt 2'),
		go('lab', 'Alt 3'),
		...labViews.map((view) => go(view)),
		...depths.map((one, at): Command => ({ id: `depth${at + 1}`, name: speech.words.desk.depthCommands[one], keys: `Ctrl ${at + 1}`, letter: String(at + 1), run: () => show(one) })),
		...(answered
			? [
					{ id: 'print', name: t.print, keys: 'Ctrl P', run: () => host.print() },
					{ id: 'exportJson', name: t.exportJson, run: () => host.saveText('conversation.json', asJson(replies())) },
					{ id: 'exportMarkdown', name: t.exportMarkdown, keys: 'Ctrl S', run: () => host.saveText('conversation.md', asMarkdown(replies(), speech.words.ask)) },
				]
			: []),
		{ id: 'addFiles', name: w.addFiles, keys: 'Ctrl O', run: () => host.chooseFiles(null) },
		{ id: 'addFolder', name: w.addFolder, keys: 'Ctrl Shift O', run: () => host.chooseFolder(null) },
		{ id: 'newConversation', name: t.newConversation, keys: 'Ctrl N', run: open.fresh },
		{ id: 'fold', name: place.folded ? speech.words.views.unfold : speech.words.views.fold, keys: 'Ctrl B', run: () => place.fold() },
		{ id: 'tour', name: t.tour, run: () => tour.start() },
		{ id: 'theme', name: t.theme, run: () => preferences.look({ theme: preferences.dark ? 'light' : 'dark' }) },
		{ id: 'language', name: t.language, run: () => preferences.look({ language: speech.language === 'zh' ? 'en' : 'zh' }) },
		{ id: 'backup', name: w.backup.title, run: open.backup },
		{ id: 'models', name: w.models, run: open.models },
		{ id: 'settings', name: t.settings, keys: 'Ctrl ,', run: open.settings },
		{ id: 'zoomIn', name: t.zoomIn, keys: 'Ctrl +', run: () => zoom.by(1) },
		{ id: 'zoomOut', name: t.zoomOut, keys: 'Ctrl -', run: () => zoom.by(-1) },
		{ id: 'zoomReset', name: t.zoomReset, keys: 'Ctrl 0', run: () => zoom.reset() },
		{ id: 'palette', name: t.title, keys: 'Ctrl K', run: open.palette },
	];
}

/** Shows the question at a depth, from any view. */
function show(one: (typeof depths)[number]) {
	depth.choose(one);
	place.go('ask');
}

/** The command for a key that applies outside text fields. */
export function byLetter(key: string, list: Command[]): Command | undefined {
	return list.find(({ letter }) => letter === key);
}

/** The command for a key press, if any. */
export function pressed(event: KeyboardEvent, list: Command[]): Command | undefined {
	// Control moves the caret on macOS, and Option with a digit writes another letter there.
	const main = apple ? event.metaKey : event.ctrlKey || event.metaKey;
	const digit = /^(?:Digit|Numpad)([1-9])$/.exec(event.code)?.[1] ?? (/^[1-9]$/.test(event.key) ? event.key : undefined);
	if (event.altKey && !main && digit !== undefined) return list.find(({ keys }) => keys === `Alt ${digit}`);
	if (!main || event.altKey) return undefined;
	const key = event.key === '=' ? '+' : event.key.toUpperCase();
	if (event.shiftKey && /^[A-Z]$/.test(key)) return list.find(({ keys }) => keys === `Ctrl Shift ${key}`);
	return list.find(({ keys }) => keys === `Ctrl ${key}`);
}
