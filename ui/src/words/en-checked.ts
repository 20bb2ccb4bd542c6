import type { CheckedBy, CitationVerdict } from '../contract';

/** The sentences of a written answer, compared with the passages they cite. */
export const checked = {
	title: (found: number, all: number) => `${found} of ${all} ${all === 1 ? 'sentence is' : 'sentences are'} close to the passages cited`,
	unchecked: 'The sentences were not compared with the passages they cite',
	note: 'A model scored how close each sentence is to the passages it cites. That is a score, not a proof: open the source where it matters.',
	verdicts: {
		uncited: 'cites no passage',
		unchecked: 'not compared',
		found: 'found in the passage',
		not_found: 'not found in the passage',
	} satisfies Record<CitationVerdict, string>,
	scores: {
		reranker: (score: string, limit: string, model: string) => `sigmoid ${score}, cut-off ${limit}, by ${model}`,
		embedder: (score: string, limit: string, model: string) => `cosine ${score}, the question’s own is ${limit}, by ${model}`,
	} satisfies Record<CheckedBy, (score: string, limit: string, model: string) => string>,
	neighbours: (n: number) => (n === 1 ? '1 neighbour' : `${n} neighbours`),
};
