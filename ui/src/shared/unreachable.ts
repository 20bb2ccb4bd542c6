/** Ends a `switch` over a closed set: a member without a case does not compile. */
export function unreachable(value: never): never {
	throw new Error(`there is no case for ${String(value)}`);
}
