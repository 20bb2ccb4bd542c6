// Checks printed pages: predefined CMaps and standard fonts draw, a page that draws nothing says so, text can be selected and found.
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

import { ask, go, page } from './open.mjs';

const fixture = (name) => readFile(fileURLToPath(new URL(`../../tests/documents/${name}`, import.meta.url)));

/** A PDF of one page with one line in a font that the file does not hold. */
function written(font, show) {
	const parts = [
		'<< /Type /Catalog /Pages 2 0 R >>',
		'<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
		'<< /Type /Page /Parent 2 0 R /MediaBox [0 0 420 595] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>',
		`<< /Length ${show.length} >>\nstream\n${show}\nendstream`,
		`<< /Type /Font /Subtype /Type1 /BaseFont /${font} >>`,
	];
	let body = '%PDF-1.4\n';
	const starts = parts.map((part, at) => {
		const start = body.length;
		body += `${at + 1} 0 obj\n${part}\nendobj\n`;
		return start;
	});
	const table = starts.map((start) => `${String(start).padStart(10, '0')} 00000 n \n`).join('');
	return Buffer.from(`${body}xref\n0 6\n0000000000 65535 f \n${table}trailer\n<< /Size 6 /Root 1 0 R >>\nstartxref\n${body.length}\n%%EOF\n`, 'latin1');
}

const line = (mode) => `BT ${mode} Tr /F1 24 Tf 40 500 Td (abcdefgh) Tj ET`;

const kinds = [
	{ name: 'GBK-EUC-H', pdf: () => fixture('chinese-cmap.pdf'), draws: true },
	{ name: 'UniGB-UCS2-H', pdf: () => fixture('chinese-cmap-ucs2.pdf'), draws: true },
	{ name: 'Helvetica', pdf: () => written('Helvetica', line(0)), draws: true },
	{ name: 'Symbol', pdf: () => written('Symbol', line(0)), draws: true },
	{ name: 'ZapfDingbats', pdf: () => written('ZapfDingbats', line(0)), draws: true },
	{ name: 'invisible text', pdf: () => written('Helvetica', line(3)), draws: false },
];

const ink = (tab) =>
	tab.evaluate(() => {
		const canvas = document.querySelector('[data-test=drawn] canvas');
		const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
		let dark = 0;
		for (let at = 0; at < data.length; at += 4) if (data[at] < 128) dark += 1;
		return dark;
	});

export async function printed({ browser, address, faults, seconds }) {
	let drawn = 0;

	/** A citation opens on its page; the page's text can be selected and found. */
	async function read() {
		const tab = await page(browser, address, { wish: '&lang=en' });
		await ask(tab, 'When did Ottilie Brandvold die?');
		await tab.click('[data-test=citation]');
		await tab.waitForSelector('[data-test=passage-page] [data-test=drawn][data-located=true]');
		await tab.click('[data-test=open-document]');
		await tab.waitForSelector('[data-test=document-view] [data-test=drawn][data-located=true]');
		const selected = await tab.evaluate(() => {
			getSelection().selectAllChildren(document.querySelector('.letters'));
			return getSelection().toString();
		});
		if (!selected.includes('9 November 1938')) faults.push(`the text selected on a page is “${selected.slice(0, 60)}”`);
		const off = await tab.evaluate(() => {
			const [letters, canvas] = ['.letters', '.sheet canvas'].map((what) => document.querySelector(what).getBoundingClientRect());
			return Math.max(Math.abs(letters.width - canvas.width), Math.abs(letters.height - canvas.height));
		});
		if (off > 2) faults.push(`the text layer is ${off} pixels off its page`);
		await tab.fill('[data-test=find-in-document]', 'TELEGRAM');
		await tab.waitForSelector('.sheet .found.current');
		const said = await tab.textContent('[data-test=found-in-document]');
		if (said !== '1 of 1') faults.push(`looking for a word says “${said}”`);
		await tab.fill('[data-test=find-in-document]', 'chandlery');
		await tab.waitForSelector('.sheet .found.current');
		await tab.click('[data-test=next-found]');
		await tab.waitForSelector('[data-test=document-view] [data-test=drawn]');
		await tab.waitForSelector('.sheet .found.current');
		await tab.context().close();
	}
	for (const { name, pdf, draws } of kinds) {
		const tab = await page(browser, address, { wish: '&lang=en' });
		const body = await pdf();
		const blocked = [];
		tab.on('console', (message) => message.type() === 'error' && blocked.push(message.text().slice(0, 160)));
		await tab.route('**/brandvold-biography.pdf', (route) => route.fulfill({ body, contentType: 'application/pdf' }));
		await go(tab, 'library');
		await tab.click('[data-test=open-file]:text-is("brandvold-biography.pdf")');
		await tab.waitForSelector('[data-test=drawn] canvas');
		const dark = await ink(tab);
		if (draws && dark < 50) faults.push(`${name}: ${dark} dark pixels on the page`);
		if (!draws && dark > 0) faults.push(`${name}: ${dark} dark pixels where none were expected`);
		const said = await tab.locator('[data-test=drew-nothing]').count();
		if (said !== (draws ? 0 : 1)) faults.push(`${name}: the notice of a page that draws nothing shows ${said} times`);
		for (const what of blocked) faults.push(`${name}: ${what}`);
		if (draws && dark >= 50) drawn += 1;
		await tab.context().close();
	}
	await read();
	console.log(`printed pages: ${kinds.length} kinds, ${drawn} drawn; ${seconds()} s`);
}
