const many = (n: number, one: string, more: string) => `${n.toLocaleString('en')} ${n === 1 ? one : more}`;

/** What limits the documents that a question searches. */
export const filters = {
	title: 'Filters',
	open: (n: number) => (n === 0 ? 'Filters' : `Filters (${n})`),
	hint: 'Search only some files: by format, by language, by the day they were last written, or files that you chose.',
	format: 'Format',
	language: 'Language',
	since: 'Written since',
	any: 'any',
	clear: 'Remove filters',
	without: (name: string) => `Search other files than ${name}, too`,
	andMore: (n: number) => `and ${many(n, 'other file', 'other files')}`,
	searched: (n: number, all: number) => `${n.toLocaleString('en')} of ${many(all, 'file was', 'files were')} searched`,
	askThis: 'Ask this file',
	askThese: (n: number) => `Ask ${n === 1 ? 'this file' : `these ${n.toLocaleString('en')} files`}`,
};
