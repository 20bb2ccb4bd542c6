import type { filters as english } from './en-filters';

const n_ = (n: number) => n.toLocaleString('zh');

export const filters: typeof english = {
	title: '筛选',
	open: (n) => (n === 0 ? '筛选' : `筛选（${n}）`),
	hint: '只检索部分文件：按格式、语言、最后修改日期，或您选定的文件。',
	format: '格式',
	language: '语言',
	since: '修改日期不早于',
	any: '不限',
	clear: '清除筛选',
	without: (name) => `不再只检索 ${name}`,
	andMore: (n) => `另有 ${n_(n)} 个文件`,
	searched: (n, all) => `检索了 ${n_(all)} 个文件中的 ${n_(n)} 个`,
	askThis: '只问这个文件',
	askThese: (n) => (n === 1 ? '只问这个文件' : `只问这 ${n_(n)} 个文件`),
};
