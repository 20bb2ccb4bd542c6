import type { Host } from '../types';
import { problem } from './asking';

/** A browser has no menu of ours, no portal and no file manager; links it would open by itself. */
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
