import type { DocumentRow, FolderRow, FolderState, NoticeRow } from '../../contract';
import { library } from './search';

/** A file's row once it is read. */
export type Planned = Omit<DocumentRow, 'id' | 'state' | 'collection' | 'searchable' | 'stopped' | 'missing_until' | 'again_at'> & { ends?: 'failed' | 'quarantined' | 'offline' | 'missing'; collection?: string };

const wish = new URLSearchParams(location.search);

/** A test can set file names and headings. */
const given = (globalThis as { assayPassages?: { name: string; heading: string | null }[] }).assayPassages;
const words = given?.map((row) => row.heading ?? row.name) ?? [];

const bytes: Record<string, number> = {
	'brandvold-biography.pdf': 25_635,
	'bai-lingyi-biography.pdf': 47_203,
	'lens-mould-how-it-grows.docx': 37_966,
};

function sample(name: string, at: number): Planned {
	const own = library.filter((row) => row.name === name);
	const pages = Math.max(1, ...own.map((row) => row.page ?? 1));
	const language = /bai|lens/.test(name) ? 'zho' : 'eng';
	return { name, folder: words[at] ?? 'library', reason: words[at] ?? null, problem: null, pages, pages_with_text: pages, chunks: own.length, bytes: bytes[name] ?? 2741, language, collection: 'samples' };
}

export const samples: Planned[] = [...new Set(library.map((row) => row.name))].map(sample);

const problems = { failed: 'scanned_file', quarantined: 'reader_died', offline: 'missing_file', missing: 'missing_file' } as const;

/** A file that could not be read. */
function lost(name: string, reason: string, ends: 'failed' | 'quarantined', pages: number, bytes: number): Planned {
	return { name, folder: 'Documents', reason, problem: problems[ends], pages, pages_with_text: 0, chunks: 0, bytes, language: null, ends };
}

const scanned = (pages: number) => `All ${pages} pages are pictures without text. Run text recognition (OCR) on it first.`;

/** Sample files for each kind of failure. */
export const troubled: Planned[] = [
	{ name: 'meeting-notes-2024-autumn.docx', folder: 'Documents', reason: '1 of 12 pages holds no text', problem: null, pages: 12, pages_with_text: 11, chunks: 31, bytes: 482_113, language: 'eng' },
	lost('lease-scan.pdf', words[0] ?? scanned(6), 'failed', 6, 8_412_331),
	lost('lease-scan-annex.pdf', words[1] ?? scanned(2), 'failed', 2, 2_093_114),
	lost('tide-tables-1911.pdf', words[2] ?? 'Reading broke off twice on page 3. It is set aside so that it cannot hold up the others.', 'quarantined', 214, 61_204_118),
	{ name: '航海日志-2019.md', folder: 'archive', reason: 'The drive “archive” is not there.', problem: 'missing_file', pages: 1, pages_with_text: 1, chunks: 9, bytes: 18_220, language: 'zho', ends: 'offline' },
	{ name: 'draft-of-the-charter.md', folder: 'Documents', reason: 'its file is gone; put its file back, under any name, or remove it from the library', problem: 'missing_file', pages: 1, pages_with_text: 1, chunks: 4, bytes: 7_411, language: 'eng', ends: 'missing' },
];

/** The files of `?files=10000`: a library of that size. */
export function crowd(): Planned[] {
	const ends = (at: number): Planned['ends'] => (at % 997 === 0 ? 'quarantined' : at % 211 === 0 ? 'failed' : at % 401 === 0 ? 'offline' : undefined);
	return Array.from({ length: Number(wish.get('files') ?? 0) }, (_, at) => {
		const end = ends(at + 1);
		const dead = end === 'failed' || end === 'quarantined';
		const pages = 1 + ((at * 7) % 40);
		const name = `${['report', '纪要', 'invoice', 'letter', '合同'][at % 5]}-${String(at + 1).padStart(5, '0')}.${['pdf', 'docx', 'md'][at % 3]}`;
		const reason = end === 'failed' ? scanned(pages) : end === 'quarantined' ? 'Reading broke off twice. It is set aside.' : end === 'offline' ? 'The drive “archive” is not there.' : null;
		return { name, folder: `folder-${at % 60}`, reason, problem: end ? problems[end] : null, pages, pages_with_text: dead ? 0 : pages, chunks: dead ? 0 : pages * 3, bytes: 2_000 + ((at * 7919) % 900_000), language: at % 5 === 1 || at % 5 === 4 ? 'zho' : 'eng', ends: end };
	});
}

const hour = 3600;
const now = () => Math.floor(Date.now() / 1000);

export function folders(): FolderRow[] {
	const states: FolderState[] = ['watching', 'polling', 'offline', 'resting'];
	if (given) return words.map((word, at): FolderRow => ({ id: at + 1, name: word, collection: word, state: states[at % 4] ?? 'resting', reason: word, files: at, excluded: at % 5, scanned: null }));
	return [
		{ id: 1, name: 'Documents', collection: 'default', state: 'watching', reason: null, files: 4, excluded: 3, scanned: now() - 2 * hour },
		{ id: 2, name: 'archive', collection: 'default', state: 'offline', reason: 'The drive “archive” is not there.', files: 1, excluded: 0, scanned: now() - 50 * hour },
	];
}

export function notices(): NoticeRow[] {
	if (given) return words.slice(0, 12).map((word) => ({ kind: 'synced_folder', what: word, do: word, fact: { fact: 'synced', program: word } }));
	if (!wish.has('notices')) return [];
	return [
		{ kind: 'healed', what: 'the newest list of files of the index could not be read and was moved to damaged/', do: '', fact: { fact: 'manifests_moved', manifests: 1 } },
		{ kind: 'synced_folder', what: 'the data folder is copied to other machines by Dropbox', do: 'close Assay and move the folder', fact: { fact: 'synced', program: 'Dropbox' } },
		{ kind: 'snapshot', what: 'the copies of the catalogue could not be renewed: the disk is full', do: 'free some space', fact: { fact: 'copies_failed', reason: 'the disk is full' } },
		{ kind: 'older_index', what: 'an earlier version filled the index', do: 'fill it again', fact: { fact: 'names_not_searched' } },
		{ kind: 'embedder', what: 'the bi-encoder reads English alone', do: 'choose another', embedder: 'multilingual-e5-small', fact: { fact: 'english_alone', model: 'all-MiniLM-L6-v2' } },
		{ kind: 'queue', what: 'work waits in the queue: 3 files', do: 'it goes on', work: { state: 'waiting', files: 3, added: 0, rebuild: false } },
	];
}
