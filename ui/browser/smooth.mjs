// Measures frames per second while long lists scroll, and how many rows are in the DOM at once.
import { ask, deepen, go, page } from './open.mjs';

const wanted = 50;
/** Fails below this rate, which machine load does not explain. Rates above it are only printed. */
const hopeless = 20;
const passes = 5;

export async function smooth({ browser, address, faults, seconds }) {
	const library = await page(browser, address, { wish: '&lang=en&files=10000' });
	await go(library, 'library');
	await library.waitForSelector('[data-test=file-row]');
	await scrolled(library, 'library', { list: 'files', row: 'file-row', head: 1 });
	await typed(library);
	await library.context().close();

	const table = await page(browser, address, { wish: '&lang=en&many' });
	await ask(table, 'When did Ottilie Brandvold die?');
	await deepen(table, 'scores');
	await table.waitForSelector('[data-test=candidate-row]');
	await scrolled(table, 'candidates', { list: 'candidates', row: 'candidate-row', head: 2 });
	await deepen(table, 'why');
	await table.waitForSelector('[data-test=evidence-row]');
	await scrolled(table, 'evidence', { list: 'evidence', row: 'evidence-row', head: 1 });
	await dragged(table);
	await table.context().close();

	/** Measures the time from a key press to the next frame while every file is ingested again. */
	async function typed(tab) {
		await go(tab, 'ask');
		await tab.evaluate(() => {
			globalThis.waits = [];
			document.querySelector('[data-test=ask-box]').addEventListener('input', () => {
				const pressed = performance.now();
				requestAnimationFrame(() => setTimeout(() => globalThis.waits.push(performance.now() - pressed)));
			});
		});
		await tab.click('[data-test=add-folder]');
		await tab.waitForSelector('[data-test=ingest-progress][data-busy=true]');
		await tab.type('[data-test=ask-box]', 'When did the midwife of Skarhavn fear that she would die in the winter?', { delay: 20 });
		const found = await tab.evaluate(() => ({ waits: globalThis.waits.sort((a, b) => a - b), busy: document.querySelector('[data-test=ingest-progress]').dataset.busy }));
		const at = (share) => found.waits[Math.floor(found.waits.length * share)] ?? Infinity;
		if (found.busy !== 'true') faults.push('the ingest ended during the typing test');
		if (at(0.5) > 150) faults.push(`typing during an ingest waits ${at(0.5).toFixed(0)} ms for its frame`);
		console.log(`typing during an ingest of 10,000 files: ${found.waits.length} letters, ${at(0.5).toFixed(1)} ms to the frame (median), ${at(0.95).toFixed(1)} ms (95th percentile); ${seconds()} s`);
	}

	/** Measures the time from a move of the cut to the next frame, with all rows of the evidence on show. */
	async function dragged(tab) {
		const waits = await tab.evaluate(async () => {
			const cut = document.querySelector('[data-test=cut]');
			const found = [];
			for (let at = 0; at < 40; at++) {
				await new Promise(requestAnimationFrame);
				const begun = performance.now();
				cut.dispatchEvent(new KeyboardEvent('keydown', { key: at % 20 < 10 ? 'ArrowLeft' : 'ArrowRight', bubbles: true }));
				await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
				found.push(performance.now() - begun);
			}
			return found.sort((a, b) => a - b);
		});
		const middle = waits[Math.floor(waits.length / 2)];
		if (middle > 150) faults.push(`a move of the cut waits ${middle.toFixed(0)} ms for its frame`);
		console.log(`moving the cut: ${waits.length} moves, ${middle.toFixed(1)} ms to the frame (median), ${waits[Math.floor(waits.length * 0.95)].toFixed(1)} ms (95th percentile); ${seconds()} s`);
	}

	/** Takes the best of several passes, to exclude other load on the machine. */
	async function scrolled(tab, name, { list, row, head }) {
		let best = null;
		for (let pass = 0; pass < passes && (best === null || best.fps < wanted); pass++) {
			const found = await tab.evaluate(watched, { list, row, head });
			if (best === null || found.fps > best.fps) best = found;
		}
		if (best.rows > 160 && best.most > 60) faults.push(`${best.most} of ${best.rows} rows of ${name} are in the DOM at once`);
		if (best.least < 5) faults.push(`${name} showed fewer than 5 rows while scrolling`);
		if (best.fps < hopeless) faults.push(`${name} scrolled at ${best.fps.toFixed(0)} frames a second`);
		console.log(`scrolling ${name}: ${best.rows} rows, ${best.least} to ${best.most} drawn, ${best.fps.toFixed(0)} frames a second, 95th percentile ${best.high.toFixed(1)} ms; ${seconds()} s`);
	}
}

async function watched({ list, row, head }) {
	const table = document.querySelector(`[data-test=${list}]`);
	const scroller = table.closest('[data-scroller]');
	const rows = Number(table.getAttribute('aria-rowcount')) - head;
	const frame = () => new Promise(requestAnimationFrame);
	scroller.scrollTop = 0;
	await frame();
	await frame();
	const [drawn, gaps] = [[], []];
	const began = performance.now();
	let before = began;
	for (let at = 0; at < 150; at++) {
		scroller.scrollTop += 90;
		await frame();
		const now = performance.now();
		gaps.push(now - before);
		before = now;
		drawn.push(document.querySelectorAll(`[data-test=${row}]`).length);
	}
	gaps.sort((a, b) => a - b);
	return { rows, most: Math.max(...drawn), least: Math.min(...drawn), fps: 150_000 / (before - began), high: gaps[142] };
}
