import { readFileSync } from 'node:fs';

import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';

import { pdfData } from './pdfData';

/** The window's content security policy; the preview server sends it too, so that a violation shows up in a browser. */
const window = JSON.parse(readFileSync(new URL('../src-tauri/tauri.conf.json', import.meta.url), 'utf8')) as { app: { security: { csp: string } } };
const policy = window.app.security.csp;

/** Renames .mjs workers, which some web views do not serve as scripts. */
const assetFileNames = ({ names }: { names: string[] }) =>
	names.some((name) => name.endsWith('.mjs')) ? 'assets/[name]-[hash].js' : 'assets/[name]-[hash][extname]';

export default defineConfig({
	plugins: [svelte(), pdfData()],
	clearScreen: false,
	server: { port: 1420, strictPort: true },
	preview: { port: 1421, strictPort: true, headers: { 'Content-Security-Policy': policy } },
	build: { target: ['es2022', 'safari16'], assetsInlineLimit: 0, modulePreload: { polyfill: false }, reportCompressedSize: false, chunkSizeWarningLimit: 600, rollupOptions: { output: { assetFileNames } } },
	// Tests load Svelte's browser build and use the pretend host.
	resolve: process.env['VITEST'] ? { conditions: ['browser'] } : {},
	test: { include: ['test/**/*.test.ts'], testTimeout: 60_000, environmentOptions: { happyDOM: { url: 'http://localhost/?quick&lang=en' } } },
});
