import type { IngestReply } from '../contract';
import { host } from '../host';
import { speech } from '../words/speech.svelte';

/** Seconds after which somebody may have turned to something else. */
const longIngest = 10;

/** A long ingest is over: said by the system where the window is not being looked at. */
export function announce(reply: IngestReply) {
	if (reply.seconds < longIngest) return;
	const t = speech.words.window;
	const failed = (reply.counts['failed'] ?? 0) + (reply.counts['quarantined'] ?? 0);
	const ready = ['committed', 'unchanged', 'renamed'].reduce((sum, state) => sum + (reply.counts[state] ?? 0), 0);
	// A desktop without notifications has shown the same in the library pane.
	host.notify(t.ingestOver, t.ingestOverCounts(ready, failed)).catch(() => undefined);
}
