// Checks that hostile strings run no script, load nothing and move no layout.
import { hostile } from './hostile.mjs';
import { ask, deepen, freeze, go } from './open.mjs';

/** Shows every string as file name, folder, reason, heading, passage, question, answer, notice and proposed question. */
export async function harmless({ browser, address, faults, seconds }) {
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
		await deepen(tab, 'why');
		await steady(`evidence ${from}`);
		await tab.fill('[data-test=why-field]', some[0].slice(0, 800).trim() || 'question');
		await tab.click('[data-test=why-open]');
		await tab.waitForSelector('[data-test=why-reply]');
		await tab.keyboard.press('Escape');
		await tab.waitForSelector('[data-test=why-dialog]', { state: 'detached' });
		await steady(`ladder ${from}`);
	}
	await deepen(tab, 'scores');
	await steady('scores');
	await tab.keyboard.press('Control+k');
	await tab.keyboard.type('svg');
	await tab.waitForSelector('[data-test=palette] [data-kind=file]');
	await tab.keyboard.press('Escape');
	await steady('palette');
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
	await go(tab, 'library');
	await tab.waitForSelector('[data-test=file-row]');
	await steady('library');
	await tab.evaluate(async () => {
		const scroller = document.querySelector('[data-test=files-pane]');
		for (let at = 0; at < 60; at++) {
			scroller.scrollTop += 400;
			await new Promise(requestAnimationFrame);
		}
	});
	await steady('library scrolled');
	await tab.fill('[data-test=find-file]', 'svg');
	await steady('files found');
	await tab.click('[data-test=open-file] >> nth=0');
	await tab.waitForSelector('[data-test=audit]');
	await steady('audit');
	await go(tab, 'measure');
	await tab.click('[data-test=propose]');
	for (let round = 0; round * 40 < hostile.length; round++) {
		await tab.waitForSelector('[data-test=proposal]');
		await steady(`proposals ${round}`);
		if ((round + 1) * 40 < hostile.length) await tab.click('[data-test=more-proposals]');
	}
	count.blocked = await tab.evaluate(() => globalThis.assayBlocked);
	if (count.ran > 0) faults.push(`${count.ran} scripts ran`);
	if (count.blocked > 0) faults.push(`${count.blocked} requests or scripts were only stopped by the content policy`);
	await context.close();
	console.log(`hostile strings: ${hostile.length}, ${count.ran} scripts run, ${count.asked} requests, ${count.blocked} blocked by policy, ${count.shifted} layouts moved, ${seconds()} s`);
}
