import { flushSync, mount, unmount, type Component } from 'svelte';

import { host, openHost } from '../src/host';
import { library } from '../src/library/library.svelte';
import { labels } from '../src/measure/labels.svelte';
import { preferences } from '../src/settings/preferences.svelte';

let opened = false;

/** Opens the pretend host once and loads its state, as the window does at start. */
export async function greeted() {
	if (opened) return host;
	opened = true;
	await openHost();
	const hello = await host.hello();
	preferences.take(hello);
	await library.start(hello.library);
	await labels.read();
	return host;
}

/** Mounts a component on an empty page; returns helpers that read it and press its buttons. */
export async function mounted<Props extends Record<string, unknown>>(component: Component<Props>, props: Props) {
	await greeted();
	document.body.innerHTML = '<main data-scroller></main>';
	const target = document.querySelector('main') as HTMLElement;
	const shown = mount(component, { target, props });
	flushSync();
	const all = (test: string) => [...document.querySelectorAll<HTMLElement>(`[data-test=${test}]`)];
	const one = (test: string): HTMLElement => {
		const found = all(test)[0];
		if (!found) throw new Error(`no element has data-test=${test}`);
		return found;
	};
	return {
		all,
		one,
		text: () => document.body.textContent ?? '',
		press: (test: string) => {
			one(test).click();
			flushSync();
		},
		type: (test: string, value: string) => {
			const box = one(test) as HTMLInputElement;
			box.value = value;
			box.dispatchEvent(new Event('input', { bubbles: true }));
			flushSync();
		},
		/** Waits until the condition holds; twenty seconds are for a busy machine. */
		until: async (what: () => boolean) => {
			for (let round = 0; round < 2000; round++) {
				flushSync();
				if (what()) return;
				await new Promise((done) => setTimeout(done, 10));
			}
			throw new Error('the condition did not hold within twenty seconds');
		},
		leave: () => unmount(shown),
	};
}
