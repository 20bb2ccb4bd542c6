import type { Action } from 'svelte/action';

/** The tooltip on show and its anchor. */
export const shown = $state<{ text: string; anchor: DOMRect | null }>({ text: '', anchor: null });

export const tipId = 'tip';

/** Shows a tooltip on hover and on focus. */
export const tip: Action<HTMLElement, string | undefined> = (node, given) => {
	let text = given;
	let waiting: ReturnType<typeof setTimeout> | undefined;

	function show() {
		if (!text) return;
		shown.text = text;
		shown.anchor = node.getBoundingClientRect();
		node.setAttribute('aria-describedby', tipId);
	}
	function showSoon() {
		clearTimeout(waiting);
		waiting = setTimeout(show, 250);
	}
	function hide() {
		clearTimeout(waiting);
		if (node.getAttribute('aria-describedby') !== tipId) return;
		node.removeAttribute('aria-describedby');
		shown.anchor = null;
	}
	function onFocus() {
		if (node.matches(':focus-visible')) show();
	}
	function onKey(event: KeyboardEvent) {
		if (event.key === 'Escape') hide();
	}

	node.addEventListener('pointerenter', showSoon);
	node.addEventListener('pointerleave', hide);
	node.addEventListener('pointerdown', hide);
	node.addEventListener('focus', onFocus);
	node.addEventListener('blur', hide);
	node.addEventListener('keydown', onKey);

	return {
		update(next) {
			text = next;
			if (shown.anchor && node.getAttribute('aria-describedby') === tipId) shown.text = next ?? '';
		},
		destroy() {
			hide();
			node.removeEventListener('pointerenter', showSoon);
			node.removeEventListener('pointerleave', hide);
			node.removeEventListener('pointerdown', hide);
			node.removeEventListener('focus', onFocus);
			node.removeEventListener('blur', hide);
			node.removeEventListener('keydown', onKey);
		},
	};
};
