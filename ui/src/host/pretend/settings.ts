import type { ModelRow, Settings } from '../../contract';

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
	order: 'blend',
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
	ocr_languages: 'eng+chi_sim',
	ocr_pages: 500,
	ocr_megapixels: 16,
	ocr_page_seconds: 60,
	ocr_file_seconds: 600,
	answer_tokens: 400,
	language: '',
	theme: 'system',
};

function model(name: string, role: string, family: string, state: string, bytes: number, about: string, languages = ['eng', 'zho']): ModelRow {
	return { name, role, family, languages, licence: 'Apache-2.0', bytes, max_tokens: 512, state, about };
}

export const models: ModelRow[] = [
	model('all-MiniLM-L6-v2', 'embedder', 'bert', 'built_in', 90_868_376, 'Small English bi-encoder.', ['eng']),
	model('bge-m3', 'embedder', 'xlm-roberta', 'not_here', 2_271_064_456, 'Large multilingual bi-encoder.'),
	model('assay-reranker-mini', 'reranker', 'bert', 'built_in', 22_713_600, 'Small cross-encoder that ships with Assay.'),
	model('bge-reranker-v2-m3', 'reranker', 'xlm-roberta', 'not_here', 2_271_071_852, 'Large multilingual cross-encoder.'),
];
