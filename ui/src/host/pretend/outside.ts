import type { Host } from '../types';
import { problem } from './asking';

/** The calls that a browser cannot serve: it has no native menu, portal or file manager. */
export const outside: Pick<Host, 'menu' | 'menuShows' | 'systemLook' | 'setTheme' | 'notify' | 'openLink' | 'showOriginal' | 'openOriginal'> = {
	async menu() {},
	async menuShows() {},
	async systemLook() {},
	async setTheme() {},
	async notify() {
		return false;
	},
	async openLink() {
		throw problem('bug', 'nothing is opened from a pretend window', 'copy the address');
	},
	async showOriginal() {
		throw problem('missing_file', 'a pretend document has no original', '');
	},
	async openOriginal() {
		throw problem('missing_file', 'a pretend document has no original', '');
	},
};
