import type { Words } from './en';

/** The sentences of a written answer, compared with the passages they cite. */
export const checked: Words['checked'] = {
	title: (found, all) => `${all} 句话中有 ${found} 句与所引用的段落相近`,
	unchecked: '没有把句子与所引用的段落作比较',
	note: '由模型为每句话与它引用的段落的相近程度打分。这只是分数，不是证明；重要之处请打开出处对照原文。',
	verdicts: {
		uncited: '没有引用段落',
		unchecked: '未比较',
		found: '在段落中找到',
		not_found: '在段落中没有找到',
	},
	scores: {
		reranker: (score, limit, model) => `sigmoid ${score}，阈值 ${limit}，由 ${model} 打分`,
		embedder: (score, limit, model) => `余弦 ${score}，问题本身为 ${limit}，由 ${model} 打分`,
	},
	neighbours: (n) => `${n} 个相邻段落`,
};
