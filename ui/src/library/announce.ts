import type { IngestReply } from '../contract';
import { host } from '../host';
import { speech } from '../words/speech.svelte';

/** Seconds after which somebody may have turned to something else. */
const longIngest = 10;

/** A long ingest is over: said by the system where the window is not being looked at. */
export function announce(reply: IngestReply) {
	if (reply.seconds < longIngest) return;
	const t = speech.words.window;
	const { failed = 0, quarantined = 0, committed = 0, unchanged = 0, renamed = 0 } = reply.counts;
	// A desktop without notifications has shown the same in the library pane.
	host.notify(t.ingestOver, t.ingestOverCounts(committed + unchanged + renamed, failed + quarantined)).catch(() => undefined);
}
