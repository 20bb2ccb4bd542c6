"""Makes the small models of tests/models, and the results of their reference implementations on 40 pairs.

    pip install -r requirements.txt
    python make.py ../models [NAME ...]

Every model is random and seeded; its weights are scaled so that the scores spread by at least 2 where they can (the
multi-vector score of bge-m3 is a mean of cosines and cannot).
"""

import argparse
import shutil
import tempfile
from pathlib import Path

import torch
import transformers
from safetensors.torch import save_file

import references
import shapes
import vocabularies
from texts import QUESTIONS, pairs, passages

LIMIT = 160
SPREAD = 8.0


def classifier(family, architecture, seed):
    def make(folder):
        tokenizer = shapes.tokenizer_of(family)
        config = getattr(shapes, family)(architecture, tokenizer.get_vocab_size(), "tiny", **shapes.CLASSIFIER)
        shapes.write_folder(folder, config, tokenizer, LIMIT, shapes.SPECIAL[family])
        model = shapes.build(folder, seed)
        last = model.classifier if not hasattr(model.classifier, "out_proj") else model.classifier.out_proj
        spread(last.weight, lambda: references.classifier(folder, model, pairs(), LIMIT))
        shapes.round_to(model, True)
        shapes.save(model, folder)
        golden(folder, f"transformers {transformers.__version__} {architecture}",
               scores=references.classifier(folder, model, pairs(), LIMIT))

    return make


def gemma(folder):
    tokenizer = shapes.tokenizer_of("gemma", 900)
    config = shapes.gemma("GemmaForCausalLM", tokenizer.get_vocab_size(), "tiny")
    shapes.write_folder(folder, config, tokenizer, LIMIT, shapes.SPECIAL["gemma"])
    model = shapes.build(folder, 31)

    def scores():
        model.save_pretrained(folder / "whole")
        for file in ["tokenizer.json", "tokenizer_config.json"]:
            shutil.copy(folder / file, folder / "whole" / file)
        found = references.llm_judge(folder / "whole", pairs(), LIMIT)
        shutil.rmtree(folder / "whole")
        return found

    found = scores()
    norm = model.model.norm.weight
    with torch.no_grad():
        norm.copy_((1 + norm) * SPREAD / (max(found) - min(found)) - 1)
    # Stored like language models: in bf16, in two files with an index.
    shapes.round_to(model, torch.bfloat16)
    shapes.save(model, folder, half=torch.bfloat16, shards=2)
    golden(folder, "FlagEmbedding 1.4.2 FlagLLMReranker", scores=scores())


def qwen3_embedder(folder):
    tokenizer = vocabularies.qwen(700, closed=True)
    config = shapes.qwen("Qwen3ForCausalLM", tokenizer.get_vocab_size(), "tiny")
    shapes.write_folder(folder, config, tokenizer, 512, shapes.SPECIAL["qwen"])
    # The published files hold the body alone, under its own names.
    shapes.save(shapes.build(folder, 37).model, folder)
    task = "Instruct: Given a web search query, retrieve relevant passages that answer the query\nQuery:"
    sentence_files(folder, "last", LIMIT, {"query": task, "document": ""}, normalise=True)
    golden(folder, "sentence-transformers 6.2.0, last", **vectors(folder))


def qwen_reranker(architecture, shape, score, limit, reference, seed, extra):
    def make(folder):
        tokenizer = vocabularies.qwen(900, extra)
        config = shape(architecture, tokenizer.get_vocab_size(), "tiny")
        shapes.write_folder(folder, config, tokenizer, limit, shapes.SPECIAL["qwen"])
        model = shapes.build(folder, seed)
        spread(model.model.norm.weight, lambda: score(folder, model, pairs(), limit))
        shapes.round_to(model, torch.bfloat16)
        shapes.save(model, folder, half=torch.bfloat16)
        golden(folder, reference, scores=score(folder, model, pairs(), limit))

    return make


def t5(folder):
    tokenizer = shapes.tokenizer_of("t5")
    config = shapes.t5("T5ForConditionalGeneration", tokenizer.get_vocab_size(), "tiny")
    shapes.write_folder(folder, config, tokenizer, LIMIT, shapes.SPECIAL["t5"])
    model = shapes.build(folder, 32)
    model.tie_weights()
    spread(model.decoder.final_layer_norm.weight, lambda: references.mono_t5(folder, model, pairs(), LIMIT))
    shapes.round_to(model, True)
    shapes.save(model, folder, extra=None)
    golden(folder, "written out from pygaggle 0.0.3.1 MonoT5 on transformers",
           scores=references.mono_t5(folder, model, pairs(), LIMIT))


def colbert(folder):
    tokenizer = shapes.tokenizer_of("bert")
    config = shapes.bert("HF_ColBERT", tokenizer.get_vocab_size(), "tiny")
    shapes.write_folder(folder, config, tokenizer, 512, shapes.SPECIAL["bert"])
    shapes.write(folder / "artifact.metadata", {
        "query_token_id": "[unused0]", "doc_token_id": "[unused1]", "query_maxlen": 32, "doc_maxlen": LIMIT,
        "mask_punctuation": True, "attend_to_mask_tokens": False, "similarity": "cosine", "dim": 32,
    })
    model = shapes.build(folder, 33)
    linear = (torch.randn(32, 64, generator=torch.Generator().manual_seed(34)) / 8).half().float()
    tensors = {f"bert.{name}": value for name, value in model.state_dict().items()}
    save_as(folder, {**tensors, "linear.weight": linear})
    golden(folder, "written out from colbert-ai 0.2.22 on transformers",
           scores=references.colbert(folder, model, linear, pairs(), 32, LIMIT))


def bge_m3(folder):
    tokenizer = shapes.tokenizer_of("xlm_roberta", 400)
    config = shapes.xlm_roberta("XLMRobertaModel", tokenizer.get_vocab_size(), "tiny")
    shapes.write_folder(folder, config, tokenizer, LIMIT, shapes.SPECIAL["xlm_roberta"])
    model = shapes.build(folder, 35)
    generator = torch.Generator().manual_seed(36)
    heads = {
        name: {"weight": (torch.randn(rows, 64, generator=generator) / 8).half().float(),
               "bias": (torch.randn(rows, generator=generator) / 8).half().float()}
        for name, rows in [("colbert_linear", 64), ("sparse_linear", 1)]
    }
    # Wide enough that many tokens have a weight, since those below zero have none.
    heads["sparse_linear"]["weight"] *= 0.7
    heads["sparse_linear"]["bias"] += 0.5
    heads = {name: {key: value.half().float() for key, value in head.items()} for name, head in heads.items()}
    shapes.save(model, folder)
    for name, head in heads.items():
        save_file({key: value.half() for key, value in head.items()}, folder / f"{name}.safetensors")
    sentence_files(folder, "cls", LIMIT, {}, normalise=True)
    with tempfile.TemporaryDirectory() as own:
        own = Path(own) / "bge-m3"
        shutil.copytree(folder, own)
        for name, head in heads.items():
            torch.save(head, own / f"{name}.pt")
        multi_vector, lexical = references.bge_m3(own, pairs(), LIMIT)
    golden(folder, "FlagEmbedding 1.4.2 BGEM3FlagModel, sentence-transformers 6.2.0", multi_vector=multi_vector,
           lexical=lexical, **vectors(folder))


def embedder(family, architecture, pooling, prompts, normalise, seed):
    def make(folder):
        tokenizer = shapes.tokenizer_of(family)
        config = getattr(shapes, family)(architecture, tokenizer.get_vocab_size(), "tiny")
        shapes.write_folder(folder, config, tokenizer, 512, shapes.SPECIAL[family])
        shapes.save(shapes.build(folder, seed), folder)
        sentence_files(folder, pooling, LIMIT, prompts, normalise)
        golden(folder, f"sentence-transformers 6.2.0, {pooling}", **vectors(folder))

    return make


def sentence_files(folder, pooling, limit, prompts, normalise):
    """Writes sentence-transformers' settings: pooling, truncation and prompts."""
    kinds = ["Transformer", "Pooling"] + (["Normalize"] if normalise else [])
    places = ["", "1_Pooling", "2_Normalize"]
    shapes.write(folder / "modules.json", [
        {"idx": n, "name": str(n), "path": places[n], "type": f"sentence_transformers.models.{kind}"}
        for n, kind in enumerate(kinds)
    ])
    shapes.write(folder / "1_Pooling/config.json", {
        "word_embedding_dimension": 64, "pooling_mode_cls_token": pooling == "cls",
        "pooling_mode_mean_tokens": pooling == "mean", "pooling_mode_lasttoken": pooling == "last",
        "pooling_mode_max_tokens": False, "pooling_mode_mean_sqrt_len_tokens": False,
    })
    shapes.write(folder / "sentence_bert_config.json", {"max_seq_length": limit, "do_lower_case": False})
    similarity = "cosine" if normalise else "dot"
    shapes.write(folder / "config_sentence_transformers.json", {
        "__version__": {}, "prompts": prompts, "default_prompt_name": None, "similarity_fn_name": similarity,
    })


def vectors(folder):
    texts = [text for n in range(len(QUESTIONS)) for text in passages(n)[:4]] + [""]
    queries, documents = references.sentence_vectors(folder, QUESTIONS, texts)
    return {"queries": queries, "passages": documents}


def spread(weight, scores):
    found = scores()
    with torch.no_grad():
        weight.mul_(SPREAD / (max(found) - min(found)))


def save_as(folder, tensors):
    kept = {name: value.half().contiguous() for name, value in tensors.items() if not name.endswith("position_ids")}
    save_file(kept, folder / "model.safetensors", metadata={"format": "pt"})


def golden(folder, reference, **values):
    rounded = {
        key: [[round(x, 6) for x in row] if isinstance(row, list) else round(row, 6) for row in rows]
        for key, rows in values.items()
    }
    lines = ",\n".join(f' "{key}": {rows}' for key, rows in rounded.items())
    (folder / "golden.json").write_text(f'{{"reference": "{reference}",\n{lines}}}\n')
    for key, rows in rounded.items():
        if not isinstance(rows[0], list):
            print(folder.name, key, "spread", round(max(rows) - min(rows), 3), "of", len(rows))
    (folder / "model.safetensors").exists() and (folder / "model.safetensors").chmod(0o644)


MODELS = {
    "bert-classifier": classifier("bert", "BertForSequenceClassification", 21),
    "xlm-roberta-classifier": classifier("xlm_roberta", "XLMRobertaForSequenceClassification", 22),
    "distilbert-classifier": classifier("distilbert", "DistilBertForSequenceClassification", 23),
    "modernbert-classifier": classifier("modern_bert", "ModernBertForSequenceClassification", 24),
    "deberta-v2-classifier": classifier("deberta", "DebertaV2ForSequenceClassification", 25),
    "gemma-judge": gemma,
    "qwen3-embedding": qwen3_embedder,
    "qwen3-reranker": qwen_reranker(
        "Qwen3ForCausalLM", shapes.qwen, references.qwen3_reranker, 320, "the code of Qwen3-Reranker's model card on transformers", 38,
        [references.QWEN3_PREFIX, references.QWEN3_SUFFIX, references.QWEN3_INSTRUCTION, "yes", "no", "yes", "no"]),
    "monot5": t5,
    "colbert": colbert,
    "bge-m3": bge_m3,
    "bert-bge": embedder("bert", "BertModel", "cls",
                         {"query": "为这个句子生成表示以用于检索相关文章：", "document": ""}, True, 26),
    "xlm-roberta-e5": embedder("xlm_roberta", "XLMRobertaModel", "mean",
                               {"query": "query: ", "document": "passage: "}, True, 27),
    "distilbert-dot": embedder("distilbert", "DistilBertModel", "mean", {}, False, 28),
    "bert-last": embedder("bert", "BertModel", "last", {}, True, 29),
    "modernbert-mean": embedder("modern_bert", "ModernBertModel", "mean", {}, True, 30),
}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path)
    parser.add_argument("names", nargs="*", help=" ".join(MODELS))
    args = parser.parse_args()
    asked = [{"question": question, "passages": passages(n)} for n, question in enumerate(QUESTIONS)]
    shapes.write(args.out / "pairs.json", asked)
    for name in args.names or MODELS:
        folder = args.out / name
        shutil.rmtree(folder, ignore_errors=True)
        MODELS[name](folder)
        files = [file for file in folder.rglob("*") if file.is_file()]
        for file in files:
            file.chmod(0o644)
        print(f"{name}: {sum(file.stat().st_size for file in files) // 1024} KiB")


if __name__ == "__main__":
    main()
