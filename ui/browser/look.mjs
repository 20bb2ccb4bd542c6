// Takes screenshots of every view in both themes and languages: node browser/look.mjs FOLDER [VIEW...]
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';

import { ask, deepen, go, open, page } from './open.mjs';

const [folder = 'pictures', ...only] = process.argv.slice(2);
const questions = { en: 'When did Ottilie Brandvold die?', zh: '柏令仪是哪一年去世的？' };

const views = {
	welcome: async () => {},
	ask: async (tab, lang) => {
		await ask(tab, questions[lang]);
		await tab.waitForSelector('[data-test=drawn]');
	},
	why: async (tab, lang) => {
		await ask(tab, questions[lang]);
		await deepen(tab, 'why');
		await tab.waitForSelector('[data-test=drawn]');
		await tab.focus('[data-test=cut]');
		await tab.keyboard.press('PageUp');
		await tab.waitForSelector('[data-test=use-cut]');
	},
	scores: async (tab, lang) => {
		await ask(tab, questions[lang]);
		await deepen(tab, 'scores');
		await tab.waitForSelector('[data-test=candidate-row]');
	},
	passage: async (tab, lang) => {
		await ask(tab, questions[lang]);
		await deepen(tab, 'scores');
		await tab.click('[data-test=open-passage]');
		await tab.click('[data-test=explain]');
		await tab.waitForSelector('[data-test=explained]');
	},
	compare: async (tab, lang) => {
		await ask(tab, questions[lang]);
		await go(tab, 'compare');
		await tab.click('[data-test=compare]');
		await tab.waitForSelector('[data-test=differences]');
	},
	document: async (tab, lang) => {
		await ask(tab, questions[lang]);
		await tab.click('[data-test=citation]');
		await tab.click('[data-test=open-document]');
		await tab.click('[data-test=printed] input[value=text]', { force: true });
		await tab.waitForSelector('[data-test=document-view]');
	},
	pages: async (tab, lang) => {
		await ask(tab, questions[lang]);
		await tab.click('[data-test=citation]');
		await tab.click('[data-test=open-document]');
		await tab.click('[data-test=printed] input[value=pages]', { force: true });
		await tab.waitForSelector('[data-test=drawn]', { timeout: 20000 });
	},
	filters: async (tab, lang) => {
		await go(tab, 'library');
		for (const at of [0, 2]) await tab.click(`[data-test=pick-file] >> nth=${at}`);
		await tab.click('[data-test=ask-picked]');
		await ask(tab, questions[lang]);
	},
	library: async (tab) => {
		await go(tab, 'library');
		await tab.waitForSelector('[data-test=file-row]');
	},
	audit: async (tab) => {
		await go(tab, 'library');
		await tab.click('[data-test=open-file] >> nth=0');
		await tab.click('[data-test=page-row] >> nth=2');
		await tab.waitForSelector('[data-test=drawn]', { timeout: 20000 });
	},
	propose: async (tab) => {
		await go(tab, 'measure');
		await tab.click('[data-test=propose]');
		await tab.waitForSelector('[data-test=proposal]');
	},
	measure: async (tab) => {
		await go(tab, 'measure');
		await tab.click('[data-test=import-file]');
		await tab.click('[data-test=measure]');
		await tab.waitForSelector('[data-test=run]');
	},
	cost: async (tab) => {
		await go(tab, 'cost');
		await tab.waitForSelector('[data-test=cost]');
	},
	settings: async (tab) => tab.click('[data-test=open-settings]'),
	models: async (tab) => {
		await tab.click('[data-test=open-models]');
		await tab.waitForSelector('[data-test=models]');
	},
	nomodel: async (tab) => {
		await tab.click('[data-test=add-files]');
		await tab.waitForSelector('[data-test=waiting]');
	},
	damaged: async (tab) => tab.waitForSelector('[data-test=no-embedder]'),
	palette: async (tab) => {
		await tab.keyboard.press('Control+k');
		await tab.keyboard.type('bra');
	},
	notices: async (tab) => {
		await go(tab, 'library');
		await tab.click('[data-test=files-pane] [data-test=notices] summary');
	},
	tour: async (tab) => {
		await tab.click('[data-test=tour]');
		await tab.waitForSelector('[data-test=tour-step]');
	},
};

/** States of the pretend host that a view needs. */
const states = { nomodel: '&empty&nomodel', damaged: '&damaged', notices: '&notices' };

const { browser, address, close } = await open();
await mkdir(folder, { recursive: true });
let failed = 0;
for (const [name, show] of Object.entries(views)) {
	if (only.length > 0 && !only.includes(name)) continue;
	for (const [lang, dark] of [['en', false], ['en', true], ['zh', false], ['zh', true]]) {
		const tab = await page(browser, address, { wish: `&lang=${lang}${states[name] ?? ''}`, dark });
		try {
			await show(tab, lang);
			await tab.mouse.move(2, 2);
			await tab.waitForTimeout(350);
		} catch (error) {
			failed += 1;
			console.log(`${name} ${lang}: ${error.message.split('\n')[0]}`);
		}
		await tab.screenshot({ path: join(folder, `${name}-${lang}-${dark ? 'dark' : 'light'}.png`) });
		await tab.context().close();
	}
}
await close();
process.exit(failed > 0 ? 1 : 0);
