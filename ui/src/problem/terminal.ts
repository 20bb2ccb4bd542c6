/** Commands, options and variables of the terminal, which say nothing to somebody at the window. */
const ofTerminal = /(^|\W)assay [a-z]|(^|[\s(`"'])--[a-z]|\bASSAY_[A-Z]/;

/** Whether a text of the program tells what to type in the terminal. */
export function isForTerminal(text: string): boolean {
	return ofTerminal.test(text);
}

/** A text of the program without the clauses that tell what to type in the terminal. */
export function withoutTerminal(text: string): string {
	const clauses = text.split('; ');
	return clauses.filter((clause) => !isForTerminal(clause)).join('; ');
}
