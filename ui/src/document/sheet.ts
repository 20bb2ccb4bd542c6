import type { PageViewport, PDFPageProxy } from 'pdfjs-dist';
import type { TextContent, TextItem } from 'pdfjs-dist/types/src/display/api';

import { foundIn, locate } from './marked';
import { library, type Pdf } from './pdf';

/** A page that is drawn. */
export interface Sheet {
	/** Whether the passage was found and marked; null if none was asked for. */
	located: boolean | null;
	/** Whether the page has one colour from edge to edge. */
	blank: boolean;
	/** Whether the PDF holds text for this page. */
	text: boolean;
	/** Marks every occurrence of the words, the one at `current` (from 0) more strongly; returns how many there are. */
	find: (words: string, current: number) => number;
}

/**
 * Draws a page into an element: the picture, the marks, and its text over them, unseen, so that it can be selected. The cited sentence
 * of the passage has a mark of its own.
 */
export async function drawn(pdf: Pdf, at: number, width: number, into: HTMLElement, passage: string | null, quote = ''): Promise<Sheet> {
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
	const content = await contentOf(page);
	const items = content.items as TextItem[];
	const marks = document.createElement('div');
	const layer = document.createElement('div');
	layer.className = 'letters';
	for (const [name, value] of [['--total-scale-factor', String(scale)], ['--scale-round-x', '1px'], ['--scale-round-y', '1px']] as const) layer.style.setProperty(name, value);
	const { TextLayer } = await library();
	const letters = new TextLayer({ textContentSource: content, container: layer, viewport });
	await letters.render();
	into.replaceChildren(canvas, marks, layer);

	const texts = items.map((item) => ({ text: item.str }));
	const found = passage === null ? null : locate(texts, passage);
	if (found) for (const item of items.slice(found.from, found.to + 1)) marks.append(...spotOf(item, viewport));
	const hit = quote === '' ? undefined : foundIn(texts, quote)[0];
	if (hit) marks.append(...rects(letters.textDivs, hit, into, 'quoted'));
	const finds = document.createElement('div');
	marks.append(finds);
	return {
		located: passage === null ? null : found !== null,
		blank: oneColour(canvas),
		text: texts.some(({ text }) => text.trim() !== ''),
		find: (words, current) => {
			const hits = foundIn(texts, words);
			finds.replaceChildren(...hits.flatMap((hit, at) => rects(letters.textDivs, hit, into, at === current ? 'found current' : 'found')));
			return hits.length;
		},
	};
}

function spot(kind: string, left: number, top: number, width: number, height: number): HTMLElement {
	const element = document.createElement('div');
	element.className = kind;
	for (const [name, value] of Object.entries({ left, top, width, height })) element.style.setProperty(name, `${value}px`);
	return element;
}

/** The mark over one run of the passage. */
function spotOf(item: TextItem, viewport: PageViewport): HTMLElement[] {
	if (item.str.trim() === '') return [];
	const [x = 0, y = 0] = viewport.convertToViewportPoint(item.transform[4] as number, item.transform[5] as number) as number[];
	const tall = Math.hypot(item.transform[2] as number, item.transform[3] as number) * viewport.scale;
	return [spot('spot', x - 1, y - tall * 0.92, item.width * viewport.scale + 2, tall * 1.22)];
}

/** The marks over one occurrence, measured on the letters of the text layer. */
function rects(divs: HTMLElement[], hit: ReturnType<typeof foundIn>[number], sheet: HTMLElement, kind: string): HTMLElement[] {
	const origin = sheet.getBoundingClientRect();
	return divs.slice(hit.from.run, hit.to.run + 1).flatMap((div, at) => {
		const text = div.firstChild;
		if (!text) return [];
		const range = document.createRange();
		range.setStart(text, at === 0 ? hit.from.offset : 0);
		range.setEnd(text, at === hit.to.run - hit.from.run ? hit.to.offset : (text.textContent ?? '').length);
		return [...range.getClientRects()].map(({ left, top, width, height }) => spot(kind, left - origin.left - sheet.clientLeft, top - origin.top - sheet.clientTop, width, height));
	});
}

/** The page's text. Reads the stream by hand: `getTextContent` uses async iteration, which WebKit lacks. Marked content is left out: its ids are the file's. */
async function contentOf(page: PDFPageProxy): Promise<TextContent> {
	const reader = (page.streamTextContent() as ReadableStream<TextContent>).getReader();
	const content: TextContent = { items: [], styles: {}, lang: null };
	for (;;) {
		const { done, value } = await reader.read();
		if (done) return content;
		content.items.push(...value.items.filter((item) => 'str' in item));
		Object.assign(content.styles, value.styles);
		content.lang ??= value.lang;
	}
}

/** Whether all pixels are equal. */
function oneColour(canvas: HTMLCanvasElement): boolean {
	const context = canvas.getContext('2d');
	if (!context || canvas.width === 0 || canvas.height === 0) return false;
	const band = 64;
	let colour: number | undefined;
	for (let top = 0; top < canvas.height; top += band) {
		const pixels = new Uint32Array(context.getImageData(0, top, canvas.width, Math.min(band, canvas.height - top)).data.buffer);
		colour ??= pixels[0];
		for (const pixel of pixels) if (pixel !== colour) return false;
	}
	return true;
}
