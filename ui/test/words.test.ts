import { describe, expect, it } from 'vitest';

import { duration, exact, fixed, sigmoid } from '../src/shared/format';
import { en } from '../src/words/en';
import { zh } from '../src/words/zh';

/** The path of every key; functions count as leaves. */
function keys(words: object, way = ''): string[] {
	return Object.entries(words).flatMap(([key, value]) => (typeof value === 'object' && value !== null ? keys(value, `${way}${key}.`) : [`${way}${key}`]));
}

describe('words', () => {
	it('have the same keys in both languages', () => expect(keys(zh).sort()).toEqual(keys(en).sort()));
	it('are nowhere empty', () => {
		const empty = [en, zh].flatMap((words) => keys(words).filter((key) => key.split('.').reduce<unknown>((at, part) => (at as Record<string, unknown>)[part], words) === ''));
		expect(empty).toEqual([]);
	});
	it('take the same arguments in both languages', () => {
		const { progress, counts } = { progress: [en, zh].map((words) => words.library.progress(3, 8)), counts: [en, zh].map((words) => words.scores.summary(41, 5)) };
		for (const text of progress) expect(text).toMatch(/3.*8/);
		for (const text of counts) expect(text).toMatch(/41.*5/);
	});
});

describe('numbers', () => {
	it('have a true minus sign and no negative zero', () => expect([fixed(-1.234, 2), fixed(-0.0001, 2)]).toEqual(['−1.23', '0.00']));
	it('never show a sigmoid as 0 or 1', () => expect([sigmoid(0.00004), sigmoid(0.99999), sigmoid(0.5)]).toEqual(['<0.001', '>0.999', '0.500']));
	it('are exact where asked, and empty where absent', () => expect([exact(0.81234562), exact(null), exact(undefined), exact(0)]).toEqual(['0.81234562', '', '', '0']));
	it('say times in the unit of a person', () => expect([duration(0.2), duration(12.4), duration(2345)]).toEqual(['<1 ms', '12 ms', '2.35 s']));
});
