import type { DocumentRow } from '../contract';

/** The endings of file names in the library, for the choice of a format. */
export function endings(documents: readonly DocumentRow[]): string[] {
	const found = documents.flatMap(({ name }) => /\.([a-z0-9]{1,8})$/iu.exec(name)?.[1]?.toLowerCase() ?? []);
	return [...new Set(found)].sort();
}

/** The languages of documents in the library. */
export function languagesOf(documents: readonly DocumentRow[]): string[] {
	return [...new Set(documents.flatMap(({ language }) => language ?? []))].sort();
}
