import type { ModelRole, ModelRow, ModelState, Settings } from '../../contract';

export const settings: Settings = {
	embedder: 'all-MiniLM-L6-v2',
	reranker: 'assay-reranker-mini',
	second_reranker: '',
	writer: '',
	chunk_tokens: 256,
	chunk_overlap: 32,
	retrieve: 100,
	rerank_pool: 50,
	second_pool: 20,
	rerank_milliseconds: 0,
	early_stop: false,
	pairs_mebibytes: 64,
	keep: 5,
	rerank: 'auto',
	order: 'rerank',
	threshold_rule: 'fixed',
	threshold: 0.5,
	spread_loose: 0.4,
	spread_tight: 0.65,
	threads: 0,
	precision: 'auto',
	read_seconds: 120,
	read_mebibytes: 2048,
	file_mebibytes: 256,
	ocr: true,
	ocr_languages: 'chi_sim+eng',
	ocr_pages: 500,
	ocr_megapixels: 16,
	ocr_page_seconds: 60,
	ocr_file_seconds: 600,
	answer_tokens: 400,
	language: '',
	theme: 'system',
	hub: '',
	proxy: '',
	hosted: 'off',
	hosted_url: '',
	hosted_model: '',
	hosted_seconds: 20,
};

interface Needs {
	download?: number;
	memory?: number;
	languages?: string[];
}

function model(name: string, role: ModelRole, family: string, state: ModelState, bytes: number, about: string, needs: Needs = {}): ModelRow {
	const { download = null, memory = null, languages = ['eng', 'zho'] } = needs;
	const repository = state === 'built_in' ? null : `owner/${name}`;
	return { name, role, family, languages, licence: 'Apache-2.0', bytes, max_tokens: 512, state, about, download, memory, repository, revision: 'main' };
}

export const models: ModelRow[] = [
	model('all-MiniLM-L6-v2', 'embedder', 'bert', 'here', 90_868_376, 'Small English bi-encoder.', { languages: ['eng'] }),
	model('bge-m3', 'embedder', 'xlm-roberta', 'not_here', 0, 'Large multilingual bi-encoder.', { download: 2_271_064_456, memory: 2_600_000_000, languages: [] }),
	model('assay-reranker-mini', 'reranker', 'bert', 'built_in', 22_713_600, 'Small cross-encoder that ships with Assay.'),
	model('bge-reranker-v2-m3', 'reranker', 'xlm-roberta', 'not_here', 0, 'Large multilingual cross-encoder.', { download: 2_271_071_852, memory: 2_600_000_000, languages: [] }),
	model('bge-reranker-large', 'reranker', 'xlm-roberta', 'not_here', 0, 'Large bilingual cross-encoder.', { download: 2_239_000_000 }),
	model('qwen2.5-1.5b-instruct', 'writer', 'gguf', 'not_here', 0, 'Small writer for machines with 8 GB.', { download: 1_117_320_736, memory: 2_000_000_000 }),
	model('qwen2.5-14b-instruct', 'writer', 'gguf', 'not_here', 0, 'Large writer for machines with 32 GB.', { download: 8_990_000_000, memory: 12_000_000_000 }),
];
