import type { IngestReply } from '../contract';
import { host } from '../host';
import { speech } from '../words/speech.svelte';

/** Duration in seconds above which an ingest is announced. */
const longIngest = 10;

/** Sends a system notification at the end of a long ingest. */
export function announce(reply: IngestReply) {
	if (reply.seconds < longIngest) return;
	const t = speech.words.window;
	const { failed = 0, quarantined = 0, committed = 0, unchanged = 0, renamed = 0 } = reply.counts;
	// Without system notifications, the library pane shows the same.
	host.notify(t.ingestOver, t.ingestOverCounts(committed + unchanged + renamed, failed + quarantined)).catch(() => undefined);
}
