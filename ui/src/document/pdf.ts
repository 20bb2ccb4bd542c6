import type { PDFDocumentProxy } from 'pdfjs-dist';

export interface Pdf {
	pages: number;
	close: () => void;
	document: PDFDocumentProxy;
}

export const library = () => import('pdfjs-dist/legacy/build/pdf.mjs');

/**
 * Opens the bytes of a PDF. The legacy build runs in older web views. The worker, the predefined CMaps and the standard fonts
 * are files of the page (`pdfData.ts`), and nothing that the PDF refers to is fetched or run.
 */
export async function openPdf(bytes: ArrayBuffer): Promise<Pdf> {
	const pdfjs = await library();
	pdfjs.GlobalWorkerOptions.workerSrc = new URL('pdfjs-dist/legacy/build/pdf.worker.min.mjs', import.meta.url).href;
	const at = (folder: string) => new URL(`/pdf/${folder}/`, location.href).href;
	const task = pdfjs.getDocument({
		data: new Uint8Array(bytes),
		enableXfa: false,
		// Fonts are drawn as paths: no font of a file is handed to the system.
		disableFontFace: true,
		// Standard fonts come from the page, so that they look alike on every computer; others that a file lacks, Chinese ones above all, come from the system.
		useSystemFonts: false,
		cMapUrl: at('cmaps'),
		cMapPacked: true,
		standardFontDataUrl: at('fonts'),
		stopAtErrors: false,
		isEvalSupported: false,
		useWasm: false,
		useWorkerFetch: false,
	} as Parameters<typeof pdfjs.getDocument>[0]);
	const document = await task.promise;
	return { pages: document.numPages, document, close: () => void task.destroy() };
}
