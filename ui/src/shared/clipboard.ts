/** Copies text; falls back to `execCommand` in web views without a clipboard API. */
export async function toClipboard(text: string): Promise<void> {
	try {
		await navigator.clipboard.writeText(text);
	} catch (refused) {
		if (!copySelected(text)) throw refused;
	}
}

function copySelected(text: string): boolean {
	const area = document.createElement('textarea');
	area.value = text;
	area.className = 'unseen';
	document.body.append(area);
	const before = document.activeElement;
	area.select();
	const done = document.execCommand('copy');
	area.remove();
	if (before instanceof HTMLElement) before.focus();
	return done;
}
