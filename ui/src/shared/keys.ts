/** Whether the platform's main modifier is Command. */
export const apple = /Mac|iPhone|iPad/.test(navigator.userAgent);

const signs: Record<string, string> = { Ctrl: '⌘', Alt: '⌥', Shift: '⇧' };

/** Keys as the platform writes them: `Ctrl Shift O` is `Ctrl+Shift+O`, and `⇧⌘O` on macOS. */
export function shownKeys(keys: string, onApple = apple): string {
	const parts = keys.split(' ');
	if (!onApple) return parts.join('+');
	const order = ['Alt', 'Shift', 'Ctrl'];
	const modifiers = order.filter((name) => parts.includes(name)).map((name) => signs[name]);
	return [...modifiers, ...parts.filter((part) => !(part in signs))].join('');
}
