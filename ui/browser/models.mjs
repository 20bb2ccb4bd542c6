// Checks the first start without a usable bi-encoder, and the view of models.
import { page } from './open.mjs';

export async function models({ browser, address, faults, seconds }) {
	let passed = 0;
	const scenarios = {
		'files that are added without a bi-encoder wait for the one that ships': async () => {
			const tab = await page(browser, address, { wish: '&lang=en&empty&nomodel' });
			await tab.waitForSelector('[data-test=no-embedder][data-problem=model_missing]');
			await tab.click('[data-test=add-files]');
			await tab.waitForSelector('[data-test=waiting]');
			await tab.click('[data-test=use-other]');
			await tab.waitForSelector('[data-test=no-embedder]', { state: 'detached' });
			await tab.waitForSelector('[data-test=library-counts]');
			return tab;
		},
		'dropped files wait while a missing bi-encoder is fetched in the window': async () => {
			const tab = await page(browser, address, { wish: '&lang=zh&empty&nomodel' });
			await tab.evaluate(() => dispatchEvent(new DragEvent('drop', { cancelable: true })));
			await tab.waitForSelector('[data-test=waiting]');
			await tab.click('[data-test=fetch-embedder]');
			await tab.waitForSelector('[data-test=pulling-multilingual-e5-base]');
			await tab.waitForSelector('[data-test=no-embedder]', { state: 'detached' });
			await tab.waitForSelector('[data-test=library-counts]');
			return tab;
		},
		'a damaged bi-encoder can be fetched again': async () => {
			const tab = await page(browser, address, { wish: '&lang=en&damaged' });
			await tab.waitForSelector('[data-test=no-embedder][data-problem=model_wrong]');
			await tab.click('[data-test=fetch-embedder]');
			await tab.waitForSelector('[data-test=no-embedder]', { state: 'detached' });
			return tab;
		},
		'a recommended pair is fetched and used with one click, its size told before': async () => {
			const tab = await page(browser, address, { wish: '&lang=en' });
			await tab.click('[data-test=open-models]');
			const sizes = await tab.locator('[data-test=pair-size]').allTextContents();
			if (sizes.length !== 3 || sizes.some((text) => !/\d/.test(text))) throw new Error(`the pairs say ${sizes.join(', ')}`);
			await tab.click('[data-test=take-zh-en-16gb]');
			await tab.waitForSelector('[data-test=pair-zh-en-16gb] [data-test^=pulling-]');
			await tab.waitForSelector('[data-test=pair-zh-en-16gb] .used', { timeout: 60_000 });
			return tab;
		},
		'the shelf tells sizes, and does not offer what cannot be run or fetched': async () => {
			const tab = await page(browser, address, { wish: '&lang=en' });
			await tab.click('[data-test=open-models]');
			await tab.waitForSelector('[data-test=model-bge-m3]');
			const sizes = await tab.locator('[data-test=size]').allTextContents();
			const unknown = sizes.filter((text) => !/\d/.test(text)).length;
			if (unknown > 1) throw new Error(`${unknown} of ${sizes.length} models tell no size`);
			const offered = await tab.locator('li:has([data-test=obstacle]) [data-test^=pull-]').count();
			const listed = await tab.locator('[data-test=obstacle]').count();
			if (offered > 0 || listed === 0) throw new Error(`${offered} of ${listed} models with an obstacle are offered`);
			return tab;
		},
		'a mirror is chosen by its name': async () => {
			const tab = await page(browser, address, { wish: '&lang=zh' });
			await tab.click('[data-test=open-models]');
			await tab.click('[data-test=source] input[value=hf-mirror]', { force: true });
			await tab.waitForSelector('[data-test=source] label.on:has-text("hf-mirror")');
			return tab;
		},
	};
	for (const [name, scenario] of Object.entries(scenarios)) {
		try {
			const tab = await scenario();
			await tab.context().close();
			passed += 1;
		} catch (error) {
			faults.push(`${name}: ${error.message.split('\n')[0]}`);
		}
	}
	console.log(`models and first start: ${passed} of ${Object.keys(scenarios).length} scenarios; ${seconds()} s`);
}
