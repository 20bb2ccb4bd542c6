import type { RemoteAddress, RemoteRole, RemoteView } from '../../contract';
import type { Host } from '../types';

const none: RemoteView = {
	role: 'off',
	address: null,
	machine: 'this-laptop',
	publisher: null,
	lease: null,
	head: null,
	mirror: null,
	looked: null,
	cached_bytes: 0,
	objects: null,
	stored_bytes: null,
	cost: { writes: 0, reads: 0, deletes: 0, sent: 0, received: 0 },
	done: null,
	problem: null,
};
let now = none;

function shared(role: RemoteRole, address: RemoteAddress): RemoteView {
	const published = 1_790_000_000;
	const publisher = role === 'reader' ? 'the-desktop' : none.machine;
	return {
		...none,
		role,
		address,
		publisher,
		lease: { machine: publisher, own: role === 'publisher', token: 1, seconds: 48 },
		head: { sequence: 12, token: 1, machine: publisher, published, documents: 7, passages: 64, index_bytes: 2_400_000 },
		mirror: role === 'reader' ? { sequence: 12, published, documents: 7, behind: 0 } : null,
		looked: published,
		cached_bytes: 2_600_000,
		objects: 48,
		stored_bytes: 2_500_000,
		cost: { writes: 3, reads: 9, deletes: 0, sent: 41_000, received: 12_000 },
	};
}

/** A store that takes every address. */
export const sharing: Pick<Host, 'remoteStatus' | 'remoteCreate' | 'remoteJoin' | 'remoteSync' | 'remoteTake' | 'remoteLeave' | 'remoteLook'> = {
	remoteStatus: async () => now,
	remoteCreate: async (address) => (now = shared('publisher', address)),
	remoteJoin: async (address) => (now = shared('reader', address)),
	remoteSync: async () => (now = { ...now, done: { changed: false, sequence: 12, files: 0, texts: 0, bytes: 0, seconds: 0.2 } }),
	remoteTake: async () => (now = shared('publisher', now.address ?? { url: '', endpoint: null, region: null, allow_http: false })),
	remoteLeave: async () => (now = none),
	remoteLook: async () => {},
};
