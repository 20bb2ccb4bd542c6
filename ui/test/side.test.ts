// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { asking } from '../src/ask/asking.svelte';
import { history } from '../src/conversations/history.svelte';
import LeaveUnsaved from '../src/views/LeaveUnsaved.svelte';
import { leaving } from '../src/views/leaving.svelte';
import { place } from '../src/views/place.svelte';
import SideBar from '../src/views/SideBar.svelte';
import { greeted, mounted } from './mounted';

let leave: () => unknown = () => {};
afterEach(() => {
	leave();
	leave = () => {};
});

async function side() {
	const shown = await mounted(SideBar, { onsettings: () => {}, onmodels: () => {}, oncommands: () => {} });
	leave = shown.leave;
	return shown;
}

async function asked(question: string) {
	await greeted();
	asking.question = question;
	await asking.ask();
	await history.read();
}

describe('the side pane', () => {
	beforeEach(async () => {
		await greeted();
		asking.clear();
	});

	it('opens a file by its name', async () => {
		place.go('ask');
		const { all, until } = await side();
		await until(() => all('open-listed').length > 0);
		const row = all('open-listed')[0] as HTMLElement;
		row.click();
		expect(place.view).toBe('document');
		expect(String(place.document)).toBe(row.closest<HTMLElement>('[data-document]')?.dataset['document']);
	});
	it('shows an earlier question wherever it is chosen', async () => {
		await asked('When did Ottilie Brandvold die?');
		place.go('library');
		const { all, until } = await side();
		await until(() => all('conversation').length > 0);
		(all('conversation')[0]?.querySelector('button') as HTMLElement).click();
		await until(() => place.view === 'ask');
		expect(asking.current?.question).toBe('When did Ottilie Brandvold die?');
	});
	it('leads to the question box for a new conversation', async () => {
		await asked('When did Ottilie Brandvold die?');
		place.go('library');
		const { press } = await side();
		press('new-conversation');
		expect([place.view, asking.current]).toEqual(['ask', null]);
	});
	it('asks before an answer that was not saved is left', async () => {
		await asked('When did Ottilie Brandvold die?');
		const turn = asking.current;
		if (turn) turn.unsaved = { problem: 'disk_full', message: 'the disk is full', action: 'free some space' };
		const { press } = await side();
		press('new-conversation');
		expect(asking.current).toBe(turn);
		leave();
		const dialog = await mounted(LeaveUnsaved, {});
		leave = dialog.leave;
		dialog.press('confirm-yes');
		expect([asking.current, leaving.to]).toEqual([null, null]);
	});
});
