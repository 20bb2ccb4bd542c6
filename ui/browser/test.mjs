// Runs the browser tests with the pretend host in Chromium: axe-core and layout of every view in both themes, languages and
// window sizes, hostile strings, models and the first start, printed pages, scrolling of long lists. Prints counts; exits with 1 on any fault.
import { accessible } from './accessible.mjs';
import { harmless } from './harmless.mjs';
import { models } from './models.mjs';
import { open } from './open.mjs';
import { printed } from './printed.mjs';
import { smooth } from './smooth.mjs';

const faults = [];
const began = Date.now();
const { browser, address, close } = await open();
const at = { browser, address, faults, seconds: () => ((Date.now() - began) / 1000).toFixed(0) };

// The first three run in parallel, because most of the time is spent in the browser's processes; frames are counted alone.
// `node browser/test.mjs printed smooth` runs these alone.
const named = process.argv.slice(2);
for (const round of [[accessible, harmless, models], [printed], [smooth]]) {
	const wanted = round.filter((part) => named.length === 0 || named.includes(part.name));
	const parts = await Promise.allSettled(wanted.map((part) => part(at)));
	for (const part of parts) if (part.status === 'rejected') faults.push(`broken off: ${String(part.reason).split('\n')[0]}`);
}

await close();
for (const fault of faults) console.log(`FAULT ${fault}`);
console.log(`${faults.length} faults, ${at.seconds()} s`);
process.exit(faults.length > 0 ? 1 : 0);
