import { asking } from '../ask/asking.svelte';
import { history } from '../conversations/history.svelte';
import { leaving } from './leaving.svelte';
import { place } from './place.svelte';

/** Shows a kept conversation in the Ask view; asks first where an answer on show was not saved. */
export async function openConversation(id: number) {
	const turns = await history.turns(id);
	if (turns.length > 0) leaving.leave(() => (asking.open(id, turns), place.go('ask')));
}
