// axe-core and the layout of every view in both themes, languages and window sizes, hostile strings in every place that
// shows words, long lists: in Chromium over the pretend host. Prints what it counted; ends with 1 if anything is wrong.
import { accessible } from './accessible.mjs';
import { harmless } from './harmless.mjs';
import { open } from './open.mjs';
import { smooth } from './smooth.mjs';

const faults = [];
const began = Date.now();
const { browser, address, close } = await open();
const at = { browser, address, faults, seconds: () => ((Date.now() - began) / 1000).toFixed(0) };

// Side by side, because most of the time goes by in the browser's own processes; frames are counted alone.
for (const round of [[accessible, harmless], [smooth]]) {
	const parts = await Promise.allSettled(round.map((part) => part(at)));
	for (const part of parts) if (part.status === 'rejected') faults.push(`broken off: ${String(part.reason).split('\n')[0]}`);
}

await close();
for (const fault of faults) console.log(`FAULT ${fault}`);
console.log(`${faults.length} faults, ${at.seconds()} s`);
process.exit(faults.length > 0 ? 1 : 0);
