import { readdirSync, readFileSync } from 'node:fs';

import ts from 'typescript';
import { describe, expect, it } from 'vitest';

import { glossary } from '../src/words/glossary';
import { en } from '../src/words/en';
import { zh } from '../src/words/zh';

/** Every string of a language's files, and the parts of its templates. Names of fields and modules are left out. */
function strings(language: 'en' | 'zh'): string[] {
	const files = readdirSync('src/words').filter((name) => new RegExp(`^${language}(-\\w+)?\\.ts$`).test(name));
	return files.flatMap((name) => {
		const found: string[] = [];
		const visit = (node: ts.Node) => {
			if (ts.isImportDeclaration(node) || ts.isTypeNode(node)) return;
			const field = ts.isPropertyAssignment(node.parent) && node.parent.name === node;
			if (!field && (ts.isStringLiteralLike(node) || ts.isTemplateHead(node) || ts.isTemplateMiddle(node) || ts.isTemplateTail(node))) found.push(node.text);
			node.forEachChild(visit);
		};
		ts.createSourceFile(name, readFileSync(`src/words/${name}`, 'utf8'), ts.ScriptTarget.Latest, true).forEachChild(visit);
		return found;
	});
}

const said = { en: strings('en'), zh: strings('zh') };
const holds = (text: string, term: string) => text.toLowerCase().includes(term.toLowerCase());
const words = (text: string, term: string) => new RegExp(`(^|[^a-z-])${term.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}(s|es|ed|ing)?([^a-z-]|$)`, 'i').test(text);

describe('the glossary', () => {
	it('is used: each of its terms stands on the screen', () => {
		const unused = glossary.flatMap((term) => [...(said.en.some((text) => holds(text, term.en)) ? [] : [term.en]), ...(said.zh.some((text) => holds(text, term.zh)) ? [] : [term.zh])]);
		expect(unused).toEqual([]);
	});
	it('gives each thing one name: no other name for it stands on the screen', () => {
		const other = glossary.flatMap(({ notEn = [], notZh = [] }) => [
			...notEn.flatMap((name) => said.en.filter((text) => words(text, name)).map((text) => `${name}: ${text}`)),
			...notZh.flatMap((name) => said.zh.filter((text) => text.includes(name)).map((text) => `${name}: ${text}`)),
		]);
		expect(other).toEqual([]);
	});
	it('names no notion twice', () => {
		for (const language of ['en', 'zh'] as const) {
			const names = glossary.map((term) => term[language].toLowerCase());
			expect(names.filter((name, at) => names.indexOf(name) !== at)).toEqual([]);
		}
	});
	it('is what the settled strings say', () => {
		const pairs: [unknown, unknown, string, string][] = [
			[en.settings.threshold, zh.settings.threshold, 'Minimum sigmoid', '最低 sigmoid'],
			[en.settings.retrieve, zh.settings.retrieve, 'Candidates per search', '每路检索的候选数'],
			[en.settings.rerankPool, zh.settings.rerankPool, 'Candidates reranked', '重排的候选数'],
			[en.compare.retrieve, zh.compare.retrieve, 'Candidates per search', '每路检索的候选数'],
			[en.compare.pool, zh.compare.pool, 'Candidates reranked', '重排的候选数'],
			[en.settings.spreadLoose, zh.settings.spreadLoose, 'Cut-off when the top 10 are close', '前十名接近时的阈值'],
			[en.app.details, zh.app.details, 'Details', '详细信息'],
			[en.app.copyFailed, zh.app.copyFailed, 'Copying failed', '复制失败'],
			[en.files.toAll, zh.files.toAll, 'All files', '全部文件'],
			[en.files.resume, zh.files.resume, 'Resume', '继续'],
			[en.files.unfollow, zh.files.unfollow, 'Stop following', '不再跟踪'],
			[en.files.folderStates.polling, zh.files.folderStates.polling, 'checked periodically', '定期检查'],
			[en.cost.table.time, zh.cost.table.time, 'Time per question', '每个问题的耗时'],
			[en.explain.start, zh.explain.start, 'Which sentences drive the score?', '哪些句子影响分数？'],
			[en.measure.title, zh.measure.title, 'How well is the right passage found?', '能找对段落吗？'],
			[en.views.names['cost'], zh.views.names['cost'], 'Cost', '耗时'],
			[en.measure.labels, zh.measure.labels, 'Judgements', '标注'],
			[en.measure.reliabilityY, zh.measure.reliabilityY, 'Share of relevant passages', '相关段落所占比例'],
			[en.document.text, zh.document.text, 'Extracted text', '提取文本'],
			[en.document.pages, zh.document.pages, 'Original page', '原始页面'],
			[en.document.audit, zh.document.audit, 'Page by page', '逐页查看'],
			[en.library.check, zh.library.check, 'Check index', '检查索引'],
			[en.models.verify, zh.models.verify, 'Verify', '校验'],
			[en.models.title, zh.models.title, 'Models', '模型库'],
			[en.ask.roles.embedder, zh.ask.roles.embedder, 'Embedding model', '向量模型'],
			[en.ask.roles.reranker, zh.ask.roles.reranker, 'Reranker', '重排模型'],
			[en.ask.stages.lexical, zh.ask.stages.lexical, 'Keyword', '关键词'],
			[en.ask.times, zh.ask.times, 'Time', '耗时'],
		];
		for (const [english, chinese, ...settled] of pairs) expect([english, chinese]).toEqual(settled);
	});
});
