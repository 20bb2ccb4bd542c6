import js from '@eslint/js';
import svelte from 'eslint-plugin-svelte';
import globals from 'globals';
import ts from 'typescript-eslint';

const noTauri = { group: ['@tauri-apps/*'], message: 'Only src/host/tauri.ts may import Tauri.' };
const domains = ['library', 'ask', 'scores', 'settings', 'conversations', 'explain', 'compare', 'document', 'measure', 'cost'];
const others = (own) =>
	domains.filter((domain) => domain !== own).map((domain) => ({ group: [`**/${domain}/*`], message: `${own} must not know ${domain}.` }));
const noViews = { group: ['**/views/*'], message: 'Views compose pieces, not the other way round.' };

export default ts.config(
	{ ignores: ['dist/', 'node_modules/', 'src/contract.ts'] },
	js.configs.recommended,
	...ts.configs.strict,
	...svelte.configs.recommended,
	{ languageOptions: { globals: globals.browser } },
	{
		files: ['**/*.svelte', '**/*.svelte.ts'],
		languageOptions: { parserOptions: { parser: ts.parser, extraFileExtensions: ['.svelte'] } },
	},
	{ files: ['browser/**'], languageOptions: { globals: globals.node } },
	{
		rules: {
			'svelte/no-at-html-tags': 'error',
			// The content security policy forbids style attributes; `style:` directives set properties by script, which it allows.
			'no-restricted-syntax': ['error', { selector: "SvelteAttribute[key.name='style']", message: 'Use a class or a style: directive.' }],
			'max-lines': ['error', { max: 300, skipBlankLines: true, skipComments: true }],
			'no-restricted-imports': ['error', { patterns: [noTauri] }],
		},
	},
	{ files: ['src/host/tauri.ts'], rules: { 'no-restricted-imports': 'off' } },
	// Three tiers: `shared` imports no domain, a domain imports no other domain, `views` compose domains.
	{
		files: ['src/shared/**'],
		rules: {
			'no-restricted-imports': ['error', { patterns: [noTauri, noViews, ...others('shared'), { group: ['**/host/*', '**/contract'], message: 'shared pieces know no domain.' }] }],
		},
	},
	...domains.map((domain) => ({
		files: [`src/${domain}/**`],
		rules: { 'no-restricted-imports': ['error', { patterns: [noTauri, noViews, ...others(domain)] }] },
	})),
);
