import type { Words } from './en';

const n_ = (n: number) => n.toLocaleString('zh');

export const desk: Words['desk'] = {
	depth: '详细程度',
	depthHint: (first, last) => `显示多少内容。按键：在输入框之外按 1、2、3，或随时按 ${first} 到 ${last}。`,
	depths: { answer: '回答', why: '依据', scores: '分数' },
	depthCommands: { answer: '显示回答及出处', why: '显示每一段是如何选出的', scores: '显示全部分数' },
	verdicts: { answers: '能回答', close: '接近，未采用', topic: '仅主题相同', unjudged: '已找到，未重排' },
	verdictsExplained: {
		answers: '重排模型给的分数达到阈值，已保留。',
		close: '达到阈值但名额已满或内容重复，或比阈值低不到一个 logit。',
		topic: '谈的是同样的事，但重排模型给的分数远低于阈值。',
		unjudged: '没有重排模型给它打分，或没有应用阈值。',
	},
	notUsed: '接近，未采用',
	dropped: '按这个阈值不再采用',
	rest: (close, topic, unjudged) => [close > 0 ? `另有 ${n_(close)} 段接近` : '', topic > 0 ? `${n_(topic)} 段仅主题相同` : '', unjudged > 0 ? `${n_(unjudged)} 段未重排` : ''].filter(Boolean).join('，'),
	toWhy: '查看依据',
	ladder: '每一段是如何选出的',
	ladderCaption: '每一段在各步骤的名次、logit 与阈值的关系，以及结果',
	stages: { vector: '语义', lexical: '关键词', fused: '融合', rerank: '重排' },
	found: (n) => `${n_(n)} 段`,
	reader: '出处',
	lab: '实验室的视图',
};
