import type { PDFDocumentProxy, PDFPageProxy } from 'pdfjs-dist';
import type { TextContent, TextItem } from 'pdfjs-dist/types/src/display/api';

import { locate } from './marked';

export interface Pdf {
	pages: number;
	close: () => void;
	document: PDFDocumentProxy;
}

/**
 * Opens the bytes of a PDF. The legacy build runs in older web views. The worker is bundled with the page, and
 * nothing that the file refers to is fetched or run.
 */
export async function openPdf(bytes: ArrayBuffer): Promise<Pdf> {
	const pdfjs = await import('pdfjs-dist/legacy/build/pdf.mjs');
	pdfjs.GlobalWorkerOptions.workerSrc = new URL('pdfjs-dist/legacy/build/pdf.worker.min.mjs', import.meta.url).href;
	const task = pdfjs.getDocument({ data: new Uint8Array(bytes), enableXfa: false, disableFontFace: true, useSystemFonts: true, stopAtErrors: false, isEvalSupported: false, useWasm: false } as Parameters<typeof pdfjs.getDocument>[0]);
	const document = await task.promise;
	return { pages: document.numPages, document, close: () => void task.destroy() };
}

/** Draws a page into an element. Returns false if the passage was not found; true if it was marked or is null. */
export async function drawn(pdf: Pdf, at: number, width: number, into: HTMLElement, passage: string | null): Promise<boolean> {
	const page = await pdf.document.getPage(Math.max(1, Math.min(pdf.pages, at)));
	const scale = width / page.getViewport({ scale: 1 }).width;
	const viewport = page.getViewport({ scale });
	const dense = Math.min(2, devicePixelRatio || 1);
	const canvas = document.createElement('canvas');
	canvas.width = Math.floor(viewport.width * dense);
	canvas.height = Math.floor(viewport.height * dense);
	canvas.style.width = `${viewport.width}px`;
	canvas.style.height = `${viewport.height}px`;
	await page.render({ canvas, viewport: page.getViewport({ scale: scale * dense }) }).promise;
	into.replaceChildren(canvas);
	if (passage === null) return true;

	const items = await textOf(page);
	const found = locate(
		items.map((item) => ({ text: item.str })),
		passage,
	);
	if (!found) return false;
	for (const item of items.slice(found.from, found.to + 1)) {
		if (item.str.trim() === '') continue;
		const [x = 0, y = 0] = viewport.convertToViewportPoint(item.transform[4] as number, item.transform[5] as number);
		const tall = Math.hypot(item.transform[2] as number, item.transform[3] as number) * scale;
		const spot = document.createElement('div');
		spot.className = 'spot';
		spot.style.left = `${x - 1}px`;
		spot.style.top = `${y - tall * 0.92}px`;
		spot.style.width = `${item.width * scale + 2}px`;
		spot.style.height = `${tall * 1.22}px`;
		into.append(spot);
	}
	return true;
}

/** The page's text items. Reads the stream by hand: `getTextContent` uses async iteration, which WebKit lacks. */
async function textOf(page: PDFPageProxy): Promise<TextItem[]> {
	const reader = (page.streamTextContent() as ReadableStream<TextContent>).getReader();
	const items: TextItem[] = [];
	for (;;) {
		const { done, value } = await reader.read();
		if (done) return items;
		items.push(...value.items.flatMap((item) => ('str' in item ? [item] : [])));
	}
}
