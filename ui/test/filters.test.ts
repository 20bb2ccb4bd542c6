// @vitest-environment happy-dom
import { afterEach, describe, expect, it } from 'vitest';

import { asking } from '../src/ask/asking.svelte';
import { filters } from '../src/ask/filters.svelte';
import AskBox from '../src/ask/AskBox.svelte';
import { endings, languagesOf } from '../src/ask/kinds';
import { library } from '../src/library/library.svelte';
import { greeted, mounted } from './mounted';

afterEach(() => {
	filters.clear();
	filters.shown = false;
	asking.clear();
});

describe('filters', () => {
	it('are sent with a question, and the reply says how many files were searched', async () => {
		await greeted();
		const page = await mounted(AskBox, { documents: library.documents });
		page.press('filters-open');
		const formats = page.one('filter-format') as HTMLSelectElement;
		formats.value = 'pdf';
		formats.dispatchEvent(new Event('change', { bubbles: true }));
		expect(filters.choice()).toEqual({ formats: ['pdf'] });
		asking.question = 'When did Ottilie Brandvold die?';
		await asking.ask();
		const { reply, scope } = asking.current ?? {};
		expect(scope).toEqual({ formats: ['pdf'] });
		expect(reply?.candidates.length).toBeGreaterThan(0);
		expect(reply?.candidates.every(({ name }) => name.endsWith('.pdf'))).toBe(true);
		expect(reply?.scope?.documents).toBeLessThan(reply?.scope?.of ?? 0);
		page.press('filters-clear');
		expect(filters.choice()).toBeUndefined();
		page.leave();
	});

	it('name the files that were chosen, which can be taken out one by one', async () => {
		await greeted();
		const page = await mounted(AskBox, { documents: library.documents });
		filters.only([{ id: 1, name: 'a.txt' }, { id: 2, name: 'b.txt' }]);
		await page.until(() => page.all('filter-document').length === 2);
		page.all('filter-document')[0]?.querySelector('button')?.click();
		expect(filters.choice()).toEqual({ documents: [2] });
		filters.without(2);
		expect(filters.choice()).toBeUndefined();
		page.leave();
	});

	it('offer the formats and languages that the library has', () => {
		expect(endings(library.documents)).toContain('pdf');
		expect(languagesOf(library.documents).length).toBeGreaterThan(1);
	});
});
