// Opens the built page with the pretend host in the installed Chromium.
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';

import { chromium } from 'playwright-core';

const here = fileURLToPath(new URL('..', import.meta.url));
const kinds = { '.html': 'text/html', '.js': 'text/javascript', '.mjs': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml', '.pdf': 'application/pdf' };

/** The content security policy of the Tauri window, so that a violation shows up here too. */
async function policy() {
	const window = JSON.parse(await readFile(join(here, '../src-tauri/tauri.conf.json'), 'utf8'));
	return window.app.security.csp;
}

/** Serves `dist` and the PDFs of the sample library. */
async function serve() {
	const csp = await policy();
	const server = createServer(async (request, response) => {
		const path = normalize(decodeURIComponent(new URL(request.url ?? '/', 'http://x').pathname)).replace(/^\/$/, '/index.html');
		const folder = path.endsWith('.pdf') ? join(here, '../samples/library') : join(here, 'dist');
		try {
			const body = await readFile(join(folder, path));
			response.writeHead(200, { 'Content-Type': kinds[extname(path)] ?? 'application/octet-stream', 'Content-Security-Policy': csp });
			response.end(body);
		} catch {
			response.writeHead(404, { 'Content-Type': 'text/plain' });
			response.end('not here');
		}
	});
	await new Promise((done) => server.listen(0, '127.0.0.1', done));
	return server;
}

function executable() {
	const named = process.env['CHROMIUM'];
	return named ?? (process.platform === 'linux' ? '/usr/bin/chromium' : undefined);
}

/** Starts the server and the browser; returns the browser, the page's address and a function that closes both. */
export async function open() {
	const server = await serve();
	const path = executable();
	const browser = await chromium.launch({ ...(path ? { executablePath: path } : { channel: 'chrome' }), args: ['--no-sandbox', '--force-color-profile=srgb'] });
	const address = `http://127.0.0.1:${server.address().port}/`;
	const close = async () => {
		await browser.close();
		server.close();
	};
	return { browser, address, close };
}

/** Freezes `Object.prototype`, as Tauri does, so that a library that breaks under it fails here. */
export const freeze = () => void Object.freeze(Object.prototype);

/** Opens a new page; `wish` adds query parameters that select a state of the pretend host. */
export async function page(browser, address, { wish = '', width = 1280, height = 800, dark = false, still = true, contrast = false } = {}) {
	const context = await browser.newContext({ viewport: { width, height }, colorScheme: dark ? 'dark' : 'light', reducedMotion: still ? 'reduce' : 'no-preference', ...(contrast ? { forcedColors: 'active', contrast: 'more' } : {}) });
	await context.addInitScript(freeze);
	const tab = await context.newPage();
	tab.setDefaultTimeout(90_000);
	await tab.goto(`${address}?quick&theme=${dark ? 'dark' : 'light'}${wish}`);
	await tab.waitForSelector('[data-test=ready]');
	return tab;
}

export async function ask(tab, question) {
	await tab.fill('[data-test=ask-box]', question);
	await tab.click('[data-test=ask-button]');
	await tab.waitForSelector('[data-test=turn][data-phase=done]');
}

const inLab = ['compare', 'measure', 'cost'];

/** Opens a view by its tab; those of the lab have tabs of their own. */
export async function go(tab, view) {
	if (inLab.includes(view)) await tab.click('[data-test=tab][data-view=lab]');
	await tab.click(`[data-test=tab][data-view=${view}]`);
}

/** Shows the question at a depth: answer, why or scores. */
export const deepen = (tab, depth) => tab.click(`[data-test=depth] input[value=${depth}]`, { force: true });
