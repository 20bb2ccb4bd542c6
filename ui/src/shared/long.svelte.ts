import { elementScroll, measureElement, observeElementOffset, observeElementRect, type VirtualItem, Virtualizer } from '@tanstack/virtual-core';

/** Lists up to this length are rendered whole. */
const whole = 160;

/** The visible rows of a long list inside its scroll container. */
export class LongRows {
	shown = $state.raw<{ at: number }[]>([]);
	/** Height of the space in place of the rows before and after, in pixels. */
	before = $state(0);
	after = $state(0);
	#virtual: Virtualizer<HTMLElement, HTMLElement> | null = null;
	#stop: (() => void) | undefined;

	/** Applies the current list; `body` contains the rows. */
	follow(body: HTMLElement, count: number, key: (at: number) => string, height: number) {
		const scroller = body.closest<HTMLElement>('[data-scroller]');
		if (count <= whole || !scroller) {
			this.leave();
			this.shown = Array.from({ length: count }, (_, at) => ({ at }));
			return;
		}
		const margin = body.getBoundingClientRect().top - scroller.getBoundingClientRect().top + scroller.scrollTop;
		const options = {
			count,
			getScrollElement: () => scroller,
			estimateSize: () => height,
			getItemKey: key,
			overscan: 10,
			scrollMargin: margin,
			observeElementRect,
			observeElementOffset,
			scrollToFn: elementScroll,
			measureElement,
			onChange: () => this.#take(margin),
		};
		if (this.#virtual) this.#virtual.setOptions(options);
		else {
			this.#virtual = new Virtualizer<HTMLElement, HTMLElement>(options);
			this.#stop = this.#virtual._didMount();
		}
		this.#virtual._willUpdate();
		this.#take(margin);
	}

	/** Measures a rendered row, because rows differ in height. */
	measure = (row: HTMLElement) => {
		this.#virtual?.measureElement(row);
	};

	leave() {
		this.#stop?.();
		this.#stop = undefined;
		this.#virtual = null;
		this.before = 0;
		this.after = 0;
	}

	#take(margin: number) {
		if (!this.#virtual) return;
		const items: VirtualItem[] = this.#virtual.getVirtualItems();
		this.shown = items.map(({ index }) => ({ at: index }));
		this.before = Math.max(0, (items[0]?.start ?? margin) - margin);
		this.after = Math.max(0, this.#virtual.getTotalSize() - ((items.at(-1)?.end ?? margin) - margin));
	}
}
