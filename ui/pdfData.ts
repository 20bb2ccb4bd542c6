import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

import type { Plugin } from 'vite';

const npm = dirname(createRequire(import.meta.url).resolve('pdfjs-dist/package.json'));

/** Folders of the npm package that the page reads while it draws a PDF, by their place in the page; their licences lie in them. */
const folders: Record<string, string> = { 'pdf/cmaps': join(npm, 'cmaps'), 'pdf/fonts': join(npm, 'standard_fonts') };

/** The predefined CMaps and the standard fonts of pdf.js by their path in the page. */
export function pdfFiles(): Map<string, string> {
	return new Map(Object.entries(folders).flatMap(([place, folder]) => readdirSync(folder).map((name): [string, string] => [`${place}/${name}`, join(folder, name)])));
}

/** Copies those files into the page, and serves them while developing. Without them a PDF that names a predefined CMap draws blank. */
export function pdfData(): Plugin {
	return {
		name: 'pdf-data',
		generateBundle() {
			for (const [fileName, path] of pdfFiles()) this.emitFile({ type: 'asset', fileName, source: readFileSync(path) });
		},
		configureServer(server) {
			const files = pdfFiles();
			server.middlewares.use((request, response, next) => {
				const path = files.get(decodeURIComponent((request.url ?? '').split('?')[0] ?? '').slice(1));
				if (path) response.end(readFileSync(path));
				else next();
			});
		},
	};
}
