/** Lines of cells as CSV (RFC 4180). Cells that a spreadsheet would run as a formula get a leading apostrophe. */
export function csv(lines: readonly (readonly string[])[]): string {
	return `${lines.map((line) => line.map(quoted).join(',')).join('\r\n')}\r\n`;
}

function quoted(cell: string): string {
	const safe = /^[=+@\t\r]|^-(?!\d)/.test(cell) ? `'${cell}` : cell;
	return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
