// axe-core over every view in both themes and languages, hostile strings in every place that shows words, long lists:
// in Chromium over the pretend host. Prints what it counted; ends with 1 if anything is wrong.
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';

import { hostile } from './hostile.mjs';
import { ask, freeze, go, open, page } from './open.mjs';

const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const faults = [];
const began = Date.now();
const seconds = () => ((Date.now() - began) / 1000).toFixed(0);
const { browser, address, close } = await open();

// The three go side by side: most of the time goes by in the browser's own processes.
const parts = await Promise.allSettled([accessible(), harmless(), smooth()]);
for (const part of parts) if (part.status === 'rejected') faults.push(`broken off: ${String(part.reason).split('\n')[0]}`);

await close();
for (const fault of faults) console.log(`FAULT ${fault}`);
console.log(`${faults.length} faults, ${seconds()} s`);
process.exit(faults.length > 0 ? 1 : 0);

/** Every view, walked once for each language and theme. */
async function accessible() {
	const questions = { en: 'When did Ottilie Brandvold die?', zh: '柏令仪是哪一年去世的？' };
	let [looks, grave, minor] = [0, 0, 0];
	for (const [lang, dark] of [['en', false], ['en', true], ['zh', false], ['zh', true]]) {
		const tab = await page(browser, address, { wish: `&lang=${lang}`, dark });
		await tab.evaluate(axe);
		const look = async (view) => {
			const found = await tab.evaluate(() => globalThis.axe.run(document, { resultTypes: ['violations'] }));
			looks += 1;
			for (const { id, impact, nodes } of found.violations) {
				if (impact === 'serious' || impact === 'critical') {
					grave += 1;
					faults.push(`axe ${impact} ${id} in ${view} ${lang} ${dark ? 'dark' : 'light'}: ${nodes.slice(0, 2).map((node) => node.html.slice(0, 140)).join(' | ')}`);
				}
				else minor += 1;
			}
		};
		const steps = {
			welcome: () => {},
			ask: () => ask(tab, questions[lang]),
			inspect: () => go(tab, 'inspect'),
			passage: async () => {
				await tab.click('[data-test=open-passage] >> nth=0');
				await tab.click('[data-test=explain]');
				await tab.waitForSelector('[data-test=explained]');
			},
			document: async () => {
				await tab.click('[data-test=open-document]');
				await tab.waitForSelector('[data-test=document-mark]');
			},
			compare: async () => {
				await go(tab, 'compare');
				await tab.click('[data-test=compare]');
				await tab.waitForSelector('[data-test=differences]');
			},
			measure: async () => {
				await go(tab, 'measure');
				await tab.click('[data-test=import-file]');
				await tab.click('[data-test=measure]');
				await tab.waitForSelector('[data-test=run]');
			},
			cost: async () => {
				await go(tab, 'cost');
				await tab.waitForSelector('[data-test=cost]');
			},
			palette: () => tab.keyboard.press('Control+k'),
			settings: async () => {
				await tab.keyboard.press('Escape');
				await tab.click('[data-test=open-settings]');
			},
		};
		for (const [view, step] of Object.entries(steps)) {
			try {
				await step();
				await look(view);
			} catch (error) {
				faults.push(`${view} ${lang}: ${error.message.split('\n')[0]}`);
			}
		}
		await tab.context().close();
	}
	console.log(`axe-core: ${looks} looks, ${grave} serious or critical, ${minor} lesser, ${seconds()} s`);
}

/** Every string as file name, heading, passage, question and answer. */
async function harmless() {
	const count = { ran: 0, asked: 0, blocked: 0, shifted: 0 };
	const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, reducedMotion: 'reduce' });
	await context.exposeFunction('pwned', () => (count.ran += 1));
	await context.addInitScript(freeze);
	await context.addInitScript((strings) => {
		globalThis.assayPassages = strings.map((text, at) => ({ name: `${text.slice(0, 300)}.pdf`, page: (at % 3) + 1, heading: text, text: `${text} question` }));
		globalThis.assayBlocked = 0;
		addEventListener('securitypolicyviolation', () => (globalThis.assayBlocked += 1));
	}, hostile);
	const tab = await context.newPage();
	tab.setDefaultTimeout(90_000);
	tab.on('dialog', (dialog) => {
		count.ran += 1;
		void dialog.dismiss();
	});
	const pages = new Set();
	tab.on('request', (request) => {
		const url = request.url();
		if (!url.startsWith(address) || (!/\/(assets\/|icon\.svg|\?|$)/.test(url.slice(address.length - 1)) && !pages.has(url))) {
			count.asked += 1;
			faults.push(`asked for ${url.slice(0, 120)}`);
		}
	});
	await tab.goto(`${address}?quick&lang=en`);
	await tab.waitForSelector('[data-test=ready]');
	const shape = () =>
		tab.evaluate(() => {
			const box = (selector) => {
				const { x, y, width, height } = document.querySelector(selector)?.getBoundingClientRect() ?? {};
				return [x, y, width, height].map((value) => Math.round(value ?? -1)).join(' ');
			};
			const { scrollWidth, scrollHeight } = document.documentElement;
			return [box('.frame'), box('.frame > aside'), box('main'), box('nav'), scrollWidth, scrollHeight, document.body.children.length, document.title, getComputedStyle(document.body).direction].join('; ');
		});
	const wanted = await shape();
	const steady = async (what) => {
		const now = await shape();
		if (now === wanted) return;
		count.shifted += 1;
		faults.push(`layout after ${what}: ${now} and not ${wanted}`);
	};

	const batch = 12;
	for (let from = 0; from < hostile.length; from += batch) {
		const some = hostile.slice(from, from + batch);
		await tab.evaluate((text) => (globalThis.assayWritten = text), some.join('\n\n'));
		await ask(tab, `question ${some[0].slice(0, 800)}`);
		await steady(`answer ${from}`);
	}
	await go(tab, 'inspect');
	await steady('inspect');
	await tab.click('[data-test=open-passage] >> nth=0');
	for (let at = 0; at < 60; at++) {
		await tab.click('[data-test=next]');
		await tab.waitForSelector('[data-test=passage-mark]');
	}
	await tab.click('[data-test=open-document]');
	await tab.waitForSelector('[data-test=document-view]');
	await steady('document');
	await go(tab, 'compare');
	await tab.click('[data-test=compare]');
	await tab.waitForSelector('[data-test=differences]');
	await steady('compare');
	count.blocked = await tab.evaluate(() => globalThis.assayBlocked);
	if (count.ran > 0) faults.push(`${count.ran} scripts ran`);
	if (count.blocked > 0) faults.push(`${count.blocked} requests or scripts were only stopped by the content policy`);
	await context.close();
	console.log(`hostile strings: ${hostile.length}, ${count.ran} scripts run, ${count.asked} requests, ${count.blocked} blocked by policy, ${count.shifted} layouts moved, ${seconds()} s`);
}

/** A table of 200 and more rows, scrolled through. */
async function smooth() {
	const tab = await page(browser, address, { wish: '&lang=en&many' });
	await ask(tab, 'When did Ottilie Brandvold die?');
	await go(tab, 'inspect');
	const found = await tab.evaluate(async () => {
		const scroller = document.querySelector('[data-scroller]');
		const rows = Number(document.querySelector('[data-test=candidates]').getAttribute('aria-rowcount')) - 2;
		const drawn = [];
		const gaps = [];
		let before = performance.now();
		for (let at = 0; at < 120; at++) {
			scroller.scrollTop += 90;
			await new Promise(requestAnimationFrame);
			gaps.push(performance.now() - before);
			before = performance.now();
			drawn.push(document.querySelectorAll('[data-test=candidate-row]').length);
		}
		gaps.sort((a, b) => a - b);
		return { rows, most: Math.max(...drawn), least: Math.min(...drawn), median: gaps[60], high: gaps[114] };
	});
	if (found.rows > 160 && found.most > 60) faults.push(`${found.most} of ${found.rows} rows are drawn at once`);
	if (found.least < 5) faults.push('the table ran empty while scrolling');
	console.log(`scrolling: ${found.rows} rows, at most ${found.most} drawn, frames of ${found.median.toFixed(1)} ms (median), ${found.high.toFixed(1)} ms (95th percentile), ${seconds()} s`);
	await tab.context().close();
}
