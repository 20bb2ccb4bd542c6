// Checks accessibility (axe-core) and layout of every view, in each language and theme.
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';

import { laidOut, sizes } from './layout.mjs';
import { ask, deepen, go, page } from './open.mjs';

const questions = { en: 'When did Ottilie Brandvold die?', zh: '柏令仪是哪一年去世的？' };

/** Steps that open each view from the one before it. */
const steps = (tab, lang) => ({
	welcome: () => {},
	ask: () => ask(tab, questions[lang]),
	filters: async () => {
		await tab.click('[data-test=filters-open]');
		await tab.selectOption('[data-test=filter-format]', 'pdf');
		await ask(tab, questions[lang]);
		await tab.waitForSelector('[data-test=searched]');
	},
	unfiltered: async () => {
		await tab.click('[data-test=filters-clear]');
		await tab.click('[data-test=filters-open]');
		await ask(tab, questions[lang]);
	},
	ladder: async () => {
		await deepen(tab, 'why');
		await tab.focus('[data-test=cut]');
		await tab.keyboard.press('PageUp');
		await tab.waitForSelector('[data-test=use-cut]');
	},
	why: async () => {
		await tab.fill('[data-test=why-field]', lang === 'zh' ? '柏令仪' : 'was born at');
		await tab.click('[data-test=why-open]');
		await tab.waitForSelector('[data-test=rung]');
	},
	scores: async () => {
		await tab.keyboard.press('Escape');
		await deepen(tab, 'scores');
		await tab.waitForSelector('[data-test=candidate-row]');
	},
	passage: async () => {
		await tab.click('[data-test=open-passage] >> nth=0');
		await tab.click('[data-test=explain]');
		await tab.waitForSelector('[data-test=explained]');
	},
	page: async () => {
		await tab.click('[data-test=open-document]');
		await tab.waitForSelector('[data-test=drawn]');
		await tab.fill('[data-test=find-in-document]', 'e');
	},
	document: async () => {
		await tab.click('[data-test=printed] input[value=text]', { force: true });
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
	propose: async () => {
		await tab.click('[data-test=propose]');
		await tab.waitForSelector('[data-test=proposal]');
	},
	cost: async () => {
		await tab.click('[data-test=propose-done]');
		await go(tab, 'cost');
		await tab.waitForSelector('[data-test=cost]');
	},
	library: async () => {
		await go(tab, 'library');
		await tab.waitForSelector('[data-test=file-row]');
	},
	audit: async () => {
		await tab.click('[data-test=open-file] >> nth=0');
		await tab.click('[data-test=page-row] >> nth=1');
		await tab.waitForSelector('[data-test=drawn]');
	},
	folded: async () => {
		await go(tab, 'library');
		await tab.click('[data-test=fold]');
	},
	palette: async () => {
		await tab.click('[data-test=fold]');
		await tab.keyboard.press('Control+k');
	},
	models: async () => {
		await tab.keyboard.press('Escape');
		await tab.click('[data-test=open-models]');
		await tab.waitForSelector('[data-test=models]');
	},
	settings: async () => {
		await tab.keyboard.press('Escape');
		await tab.click('[data-test=open-settings]');
	},
});

export async function accessible({ browser, address, faults, seconds }) {
	const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
	const count = { audits: 0, grave: 0, minor: 0, layouts: 0, cramped: 0 };
	const variants = [
		{ lang: 'en', dark: false },
		{ lang: 'en', dark: true },
		{ lang: 'zh', dark: false },
		{ lang: 'zh', dark: true },
		{ lang: 'en', dark: false, contrast: true },
	];
	for (const { lang, dark, contrast = false } of variants) {
		const tab = await page(browser, address, { wish: `&lang=${lang}&notices`, dark, contrast });
		await tab.evaluate(axe);
		const named = (view) => `${view} ${lang} ${dark ? 'dark' : 'light'}${contrast ? ' in high contrast' : ''}`;
		for (const [view, step] of Object.entries(steps(tab, lang))) {
			try {
				await step();
				const found = await tab.evaluate(() => globalThis.axe.run(document, { resultTypes: ['violations'] }));
				count.audits += 1;
				for (const { id, impact, nodes } of found.violations) {
					const grave = impact === 'serious' || impact === 'critical';
					count[grave ? 'grave' : 'minor'] += 1;
					if (grave) faults.push(`axe ${impact} ${id} in ${named(view)}: ${nodes.slice(0, 2).map((node) => node.html.slice(0, 140)).join(' | ')}`);
				}
				for (const size of sizes) {
					const cramped = await laidOut(tab, size);
					count.layouts += 1;
					count.cramped += cramped.length;
					for (const what of cramped.slice(0, 3)) faults.push(`layout at ${size.width}x${size.height} of ${named(view)}: ${what}`);
				}
			} catch (error) {
				faults.push(`${named(view)}: ${error.message.split('\n')[0]}`);
			}
		}
		await tab.context().close();
	}
	console.log(`axe-core: ${count.audits} audits, ${count.grave} serious or critical, ${count.minor} lesser; layouts: ${count.layouts}, ${count.cramped} cramped; ${seconds()} s`);
}
