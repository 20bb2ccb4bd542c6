// Finds text and boxes that overflow.

export const sizes = [
	{ width: 1920, height: 1080 },
	{ width: 1000, height: 700 },
	{ width: 1280, height: 800 },
];

/** Resizes the window, then lists what overflows the window, a scroll container or its own box. */
export async function laidOut(tab, size) {
	await tab.setViewportSize(size);
	let found = [];
	// Charts resize a few frames after the window.
	for (let round = 0; round < 8; round++) {
		await tab.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
		found = await tab.evaluate(cramped);
		if (found.length === 0) break;
		await tab.waitForTimeout(100);
	}
	return found;
}

function cramped() {
	const found = [];
	const said = (element) => `<${element.tagName.toLowerCase()}${element.className && typeof element.className === 'string' ? ` class="${element.className}"` : ''}> “${element.textContent.trim().slice(0, 40)}”`;
	const { scrollWidth, scrollHeight } = document.documentElement;
	if (scrollWidth > innerWidth || scrollHeight > innerHeight) found.push(`the page is ${scrollWidth}x${scrollHeight}`);
	for (const scroller of document.querySelectorAll('[data-scroller], dialog .body')) {
		if (scroller.scrollWidth > scroller.clientWidth + 1) found.push(`${scroller.scrollWidth} pixels of width in ${scroller.clientWidth}: ${said(scroller)}`);
	}
	// What lies beyond an edge that clips cannot be reached.
	for (const table of document.querySelectorAll('table')) {
		for (let box = table.parentElement; box && box !== document.body; box = box.parentElement) {
			const { overflowX } = getComputedStyle(box);
			if (overflowX === 'auto' || overflowX === 'scroll') break;
			const beyond = table.getBoundingClientRect().right - box.getBoundingClientRect().right;
			if ((overflowX === 'clip' || overflowX === 'hidden') && beyond > 1) {
				found.push(`${Math.round(beyond)} pixels of a table are cut off: ${said(table)}`);
				break;
			}
		}
	}
	const files = document.querySelector('[data-test=files-pane]');
	if (files && document.querySelector('[data-test=file-row]')) {
		const bottom = files.getBoundingClientRect().bottom;
		const seen = [...files.querySelectorAll('[data-test=file-row]')].filter((row) => row.getBoundingClientRect().bottom <= bottom).length;
		if (files.scrollTop === 0 && seen < 2) found.push(`${seen} rows of the library are in sight`);
	}
	const texts = [...document.body.querySelectorAll('*')].filter((element) => [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.textContent.trim() !== ''));
	for (const element of texts) {
		const style = getComputedStyle(element);
		if (element.closest('svg, .unseen, [popover], option, select') || !element.checkVisibility() || style.clipPath !== 'none') continue;
		const hides = style.overflowX === 'hidden' || style.overflowX === 'clip';
		const wide = element.clientWidth > 0 && element.scrollWidth > element.clientWidth + 1;
		if (wide && !(hides && style.textOverflow === 'ellipsis') && style.overflowX !== 'auto') found.push(`${element.scrollWidth} pixels of text in ${element.clientWidth}: ${said(element)}`);
		const high = element.clientHeight > 0 && element.scrollHeight > element.clientHeight + 3;
		if (high && (style.overflowY === 'hidden' || style.overflowY === 'clip') && style.webkitLineClamp === 'none' && style.whiteSpace !== 'nowrap') found.push(`${element.scrollHeight} pixels of lines in ${element.clientHeight}: ${said(element)}`);
		const button = element.closest('button');
		if (button && button.scrollWidth > button.clientWidth + 1 && !hides) found.push(`a button of ${button.clientWidth} pixels for ${button.scrollWidth}: ${said(button)}`);
	}
	return found;
}
