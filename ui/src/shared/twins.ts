interface Named {
	document: number;
	name: string;
	folder?: string;
}

/** A file's name, with its folder where another file in the list has the same name. */
export function nameAmong(file: Named, all: readonly Named[]): string {
	const twin = all.some((other) => other.name === file.name && other.document !== file.document);
	return twin && file.name !== '' && file.folder ? `${file.folder}/${file.name}` : file.name;
}
