"""Computes the results of the reference implementations for a model folder: one function per family.

Libraries: transformers (classifiers, Qwen3 reranker), FlagEmbedding (LLM judge, bge-m3), sentence-transformers (bi-encoders).
monoT5 and ColBERT are reimplemented here from their libraries (pygaggle 0.0.3.1 and colbert-ai 0.2.22),
because pygaggle needs a Java search engine and colbert-ai compiles an extension when it is imported.
"""

import json
import string

import torch
from transformers import AutoTokenizer


def classifier(folder, model, pairs, limit):
    """Logits of a sequence classifier, pair by pair, with only the passage truncated."""
    tokenizer = AutoTokenizer.from_pretrained(folder)
    takes_types = json.loads((folder / "config.json").read_text())["model_type"] == "bert"
    logits = []
    for question, passage in pairs:
        # Lists, because transformers omits the second segment of a pair when a single passage is empty.
        inputs = tokenizer([question], [passage], truncation="only_second", max_length=limit, return_tensors="pt")
        if not takes_types:
            inputs.pop("token_type_ids", None)
        elif "token_type_ids" not in inputs:
            inputs["token_type_ids"] = types(tokenizer, inputs["input_ids"])
        with torch.no_grad():
            logits.append(model(**inputs).logits.item())
    return logits


def types(tokenizer, ids):
    """0 up to the first separator, 1 after it."""
    after = (ids == tokenizer.sep_token_id).long().cumsum(1)
    return ((after >= 1) & ~((ids == tokenizer.sep_token_id) & (after == 1))).long()


def llm_judge(folder, pairs, limit):
    """FlagEmbedding's FlagLLMReranker: the logit of `Yes` at the last position."""
    from FlagEmbedding import FlagLLMReranker

    reranker = FlagLLMReranker(str(folder), use_fp16=False, devices="cpu", max_length=limit, batch_size=8)
    return [float(score) for score in reranker.compute_score([list(pair) for pair in pairs])]


QWEN3_INSTRUCTION = "Given a web search query, retrieve relevant passages that answer the query"
QWEN3_PREFIX = (
    "<|im_start|>system\nJudge whether the Document meets the requirements based on the Query and the Instruct provided. "
    'Note that the answer can only be "yes" or "no".<|im_end|>\n<|im_start|>user\n'
)
QWEN3_SUFFIX = "<|im_end|>\n<|im_start|>assistant\n<think>\n\n</think>\n\n"


def qwen3_reranker(folder, model, pairs, limit):
    """The code of Qwen3-Reranker's model card, with the difference of the two logits, of which its score is the sigmoid."""
    tokenizer = AutoTokenizer.from_pretrained(folder)
    prefix, suffix = (tokenizer.encode(text, add_special_tokens=False) for text in (QWEN3_PREFIX, QWEN3_SUFFIX))
    yes, no = tokenizer.convert_tokens_to_ids(["yes", "no"])
    scores = []
    for question, passage in pairs:
        text = f"<Instruct>: {QWEN3_INSTRUCTION}\n<Query>: {question}\n<Document>: {passage}"
        inside = tokenizer(text, truncation="longest_first", max_length=limit - len(prefix) - len(suffix))["input_ids"]
        with torch.no_grad():
            logits = model(input_ids=torch.tensor([prefix + inside + suffix])).logits[0, -1]
        scores.append((logits[yes] - logits[no]).item())
    return scores


def mono_t5(folder, model, pairs, limit):
    """pygaggle's MonoT5: log p(true) between `true` and `false` at the first step of decoding.

    pygaggle cuts the whole prompt at its end, to `limit` tokens with `</s>`.
    """
    tokenizer = AutoTokenizer.from_pretrained(folder)
    false, true = tokenizer.convert_tokens_to_ids(["▁false", "▁true"])
    scores = []
    for question, passage in pairs:
        prompt = f"Query: {question} Document: {passage} Relevant:"
        ids = tokenizer(prompt, add_special_tokens=False)["input_ids"][: limit - 1] + [tokenizer.eos_token_id]
        start = torch.tensor([[model.config.decoder_start_token_id]])
        with torch.no_grad():
            logits = model(input_ids=torch.tensor([ids]), decoder_input_ids=start).logits[0, -1]
        scores.append(torch.log_softmax(logits[[false, true]], dim=0)[1].item())
    return scores


def colbert(folder, model, linear, pairs, query_length, passage_length):
    """ColBERT v2: MaxSim of normalised token vectors, the question padded with `[MASK]`."""
    tokenizer = AutoTokenizer.from_pretrained(folder)
    q_marker, d_marker = tokenizer.convert_tokens_to_ids(["[unused0]", "[unused1]"])
    skip = {tokenizer.encode(symbol, add_special_tokens=False)[0] for symbol in string.punctuation}

    def vectors(ids, attended):
        with torch.no_grad():
            states = model(input_ids=torch.tensor([ids]), attention_mask=torch.tensor([attended])).last_hidden_state
            return torch.nn.functional.normalize(states[0] @ linear.T, dim=1)

    def question(text):
        ids = tokenizer(text, truncation=True, max_length=query_length - 1)["input_ids"]
        ids = ids[:1] + [q_marker] + ids[1:]
        missing = query_length - len(ids)
        return vectors(ids + [tokenizer.mask_token_id] * missing, [1] * len(ids) + [0] * missing)

    def passage(text):
        ids = tokenizer(text, truncation=True, max_length=passage_length - 1)["input_ids"]
        ids = ids[:1] + [d_marker] + ids[1:]
        return vectors(ids, [1] * len(ids))[[token not in skip for token in ids]]

    return [(passage(d) @ question(q).T).max(0).values.sum().item() for q, d in pairs]


def bge_m3(folder, pairs, limit):
    """FlagEmbedding's BGEM3FlagModel: multi-vector and lexical scores."""
    from FlagEmbedding import BGEM3FlagModel

    model = BGEM3FlagModel(str(folder), use_fp16=False, devices="cpu")
    scores = model.compute_score(
        [list(pair) for pair in pairs], batch_size=1, max_query_length=limit, max_passage_length=limit
    )
    return scores["colbert"], scores["sparse"]


def sentence_vectors(folder, questions, passages):
    """sentence-transformers: vectors of questions and passages with the prompts of the folder."""
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(str(folder), device="cpu").float()
    one = lambda encode, texts: [encode([text])[0].tolist() for text in texts]
    return one(model.encode_query, questions), one(model.encode_document, passages)
