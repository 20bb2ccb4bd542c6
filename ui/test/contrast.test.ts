import { readdirSync, readFileSync } from 'node:fs';

import { describe, expect, it } from 'vitest';

const css = readFileSync('src/app.css', 'utf8');

/** The colours of a theme, as app.css sets them. */
function colours(selector: string): Record<string, string> {
	const block = css.slice(css.indexOf(`\n${selector} {`));
	const found = block.slice(0, block.indexOf('\n}')).matchAll(/--([\w-]+): (#[0-9a-f]{6});/g);
	return Object.fromEntries([...found].map(([, name, value]) => [name, value]));
}

function luminance(hex: string): number {
	const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
		const part = parseInt(hex.slice(at, at + 2), 16) / 255;
		return part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
	});
	return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

/** WCAG 2.2, contrast of two colours. */
function contrast(one: string, other: string): number {
	const [low = 0, high = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
	return (high + 0.05) / (low + 0.05);
}

const files = (folder: string): string[] => readdirSync(folder, { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? files(`${folder}/${entry.name}`) : [`${folder}/${entry.name}`]));
const sources = files('src').filter((path) => path.endsWith('.svelte')).map((path): [string, string] => [path, readFileSync(path, 'utf8')]);

describe('lines that carry meaning', () => {
	it.each([':root', ":root[data-theme='dark']"])('stand out 3:1 from every ground in %s', (theme) => {
		const { edge = '', surface = '', paper = '', sunken = '' } = colours(theme);
		for (const ground of [surface, paper, sunken]) expect(contrast(edge, ground), `${edge} on ${ground}`).toBeGreaterThanOrEqual(3);
	});
	it('are the borders of every field', () => {
		const field = /(?:^|\n)\t((?:[^\n{}]*,\n\t)*[^\n{}]*(?:input|select|textarea)[^\n{}]*) \{([^}]*)\}/g;
		const faint = sources.flatMap(([path, text]) => [...text.matchAll(field)].filter(([, , rules = '']) => /border: [^0;][^;]*var\(--line/.test(rules)).map(([, selector]) => `${path}: ${selector}`));
		expect(faint).toEqual([]);
	});
});

describe('letters', () => {
	it('are nowhere smaller than 12 pixels', () => {
		const small = sources.flatMap(([path, text]) =>
			[...text.matchAll(/font-size: ([\d.]+)(px|rem)/g)].filter(([, size, unit]) => Number(size) * (unit === 'rem' ? 16 : 1) < 12).map(([rule]) => `${path}: ${rule}`),
		);
		expect(small).toEqual([]);
	});
});
