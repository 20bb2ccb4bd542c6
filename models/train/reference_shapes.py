"""Reference models for parity tests: small or true-shape weights with transformers' own answers.

The weights are random and seeded, so nothing has to be downloaded. For each family the script writes
`model.safetensors`, `config.json` and `reference.json` (input ids, token types, f32 logits) into a folder:

    python reference_shapes.py bert OUT            # tiny: 2 layers, hidden 32
    python reference_shapes.py xlm-roberta OUT     # tiny: 2 layers, hidden 32, vocabulary 600
    python reference_shapes.py bert OUT --shape full          # shape of MiniLM-L6 (6 x 384)
    python reference_shapes.py xlm-roberta OUT --shape full   # shape of an XLM-R base reranker (12 x 768), 1.1 GB

A third form runs a real sentence encoder (a folder in hub layout) over six texts and writes its token ids and
mean-pooled, length-normalised vectors to one file:

    python reference_shapes.py vectors OUT.json --model FOLDER
"""

import argparse
import json
import random
from pathlib import Path

import torch
from safetensors.torch import save_file
from transformers import (
    BertConfig,
    BertForSequenceClassification,
    BertModel,
    BertTokenizerFast,
    XLMRobertaConfig,
    XLMRobertaForSequenceClassification,
)

LENGTHS = [(4, 6), (1, 1), (9, 40), (12, 110), (30, 200), (16, 490), (3, 251), (60, 3)]

TEXTS = [
    "When was the lighthouse at the harbour entrance last repainted?",
    "Version 3.2 stores its settings in a single file; version 3.1 kept them in the registry.",
    "Naïve café owners paid €4.50 (plus 7 % tax) on 2024-02-29, didn't they?",
    "The 向量 search step returns 100 passages, 然后 the reranker reads each pair.",
    "x",
    " ".join(
        f"Paragraph {n} describes how the {a} of the {b} changed after the {c} was rebuilt."
        for n, (a, b, c) in enumerate(
            [("colour", "river", "bridge"), ("price", "ticket", "station"), ("sound", "organ", "church"),
             ("depth", "harbour", "pier"), ("speed", "train", "track"), ("shape", "garden", "wall")] * 5
        )
    ),
]


def shape(family, size):
    """The configuration of one family, tiny or in its true shape."""
    tiny = dict(hidden_size=32, num_hidden_layers=2, num_attention_heads=4, intermediate_size=64, vocab_size=600)
    common = dict(num_labels=1, hidden_dropout_prob=0.1, attention_probs_dropout_prob=0.1, hidden_act="gelu")
    if family == "bert":
        full = dict(hidden_size=384, num_hidden_layers=6, num_attention_heads=12, intermediate_size=1536, vocab_size=30522)
        return BertConfig(**(tiny if size == "tiny" else full), **common, max_position_embeddings=512,
                          type_vocab_size=2, layer_norm_eps=1e-12, pad_token_id=0)
    full = dict(hidden_size=768, num_hidden_layers=12, num_attention_heads=12, intermediate_size=3072, vocab_size=250002)
    return XLMRobertaConfig(**(tiny if size == "tiny" else full), **common, max_position_embeddings=514,
                            type_vocab_size=1, layer_norm_eps=1e-5, pad_token_id=1, bos_token_id=0, eos_token_id=2)


def randomise(model, seed):
    """Weights wide enough that attention is not flat and norms are not the identity."""
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            noise = torch.randn(parameter.shape, generator=generator)
            if "LayerNorm.weight" in name:
                parameter.copy_(1 + 0.1 * noise)
            elif parameter.dim() == 1:
                parameter.copy_(0.1 * noise)
            elif "embeddings" in name:
                parameter.copy_(0.5 * noise)
            else:
                parameter.copy_(noise * 1.6 / parameter.shape[1] ** 0.5)


def pair_ids(family, config, query, passage, rng):
    """One pair of random ids in the family's own form."""
    words = lambda count: [rng.randrange(10, config.vocab_size) for _ in range(count)]
    q, d = words(query), words(passage)
    if family == "bert":
        cls, sep = (101, 102)
        return [cls] + q + [sep] + d + [sep], [0] * (len(q) + 2) + [1] * (len(d) + 1)
    ids = [0] + q + [2, 2] + d + [2]
    return ids, [0] * len(ids)


def write_model(family, size, out, seed):
    torch.manual_seed(seed)
    config = shape(family, size)
    kind = BertForSequenceClassification if family == "bert" else XLMRobertaForSequenceClassification
    config.architectures = [kind.__name__]
    model = kind(config).eval()
    randomise(model, seed)
    rng = random.Random(seed)
    inputs = [pair_ids(family, config, q, d, rng) for q, d in LENGTHS]

    def logits():
        with torch.no_grad():
            return [model(input_ids=torch.tensor([ids]), token_type_ids=torch.tensor([types])).logits.item()
                    for ids, types in inputs]

    last = model.classifier if family == "bert" else model.classifier.out_proj
    values = logits()
    with torch.no_grad():
        last.weight.mul_(8.0 / (max(values) - min(values)))
    values = logits()
    assert max(values) - min(values) >= 2

    out.mkdir(parents=True, exist_ok=True)
    tensors = {k: v.contiguous() for k, v in model.state_dict().items() if not k.endswith(("position_ids", "token_type_ids"))}
    save_file(tensors, out / "model.safetensors", metadata={"format": "pt"})
    (out / "model.safetensors").chmod(0o644)
    (out / "config.json").write_text(config_json(config))
    pairs = [{"input_ids": i, "token_type_ids": t, "logit": round(v, 7)} for (i, t), v in zip(inputs, values)]
    write_json(out / "reference.json", {"family": family, "dtype": "f32", "pairs": pairs})
    print(out, "logits", [round(v, 3) for v in values])


def config_json(config):
    """The plain fields that a loader reads, in the form the hub uses."""
    keys = ["architectures", "model_type", "attention_probs_dropout_prob", "hidden_act", "hidden_dropout_prob", "hidden_size",
            "id2label", "initializer_range", "intermediate_size", "label2id", "layer_norm_eps", "max_position_embeddings",
            "num_attention_heads", "num_hidden_layers", "pad_token_id", "bos_token_id", "eos_token_id", "type_vocab_size", "vocab_size"]
    values = config.to_dict()
    values["model_type"] = config.model_type
    values["id2label"], values["label2id"] = {"0": "LABEL_0"}, {"LABEL_0": 0}
    kept = {k: values[k] for k in keys if values.get(k) is not None}
    return json.dumps({**kept, "position_embedding_type": "absolute"}, indent=2) + "\n"


def write_json(path, value):
    """One object a line inside the main list, so that the file stays readable in a diff."""
    key = "pairs" if "pairs" in value else "texts"
    head = json.dumps({k: v for k, v in value.items() if k != key}, ensure_ascii=False)[:-1]
    rows = ",\n  ".join(json.dumps(row, ensure_ascii=False) for row in value[key])
    path.write_text(f'{head}, "{key}": [\n  {rows}\n]}}\n', encoding="utf-8")


def write_vectors(out, folder, limit):
    """Mean-pooled, L2-normalised vectors of a sentence encoder, each text on its own and cut at `limit` tokens."""
    tokenizer = BertTokenizerFast.from_pretrained(folder)
    model = BertModel.from_pretrained(folder, attn_implementation="eager", dtype=torch.float32).eval()
    rows = []
    for text in TEXTS:
        ids = tokenizer(text, truncation=True, max_length=limit)["input_ids"]
        with torch.no_grad():
            hidden = model(input_ids=torch.tensor([ids])).last_hidden_state[0]
        vector = torch.nn.functional.normalize(hidden.mean(0), dim=0)
        rows.append({"text": text, "input_ids": ids, "vector": [round(x, 7) for x in vector.tolist()]})
    out.parent.mkdir(parents=True, exist_ok=True)
    write_json(out, {"model": "all-MiniLM-L6-v2", "pooling": "mean", "normalised": True, "max_length": limit, "texts": rows})
    print(out, [len(r["input_ids"]) for r in rows])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("family", choices=["bert", "xlm-roberta", "vectors"])
    parser.add_argument("out", type=Path)
    parser.add_argument("--shape", choices=["tiny", "full"], default="tiny")
    parser.add_argument("--model", type=Path, help="folder of the sentence encoder (for `vectors`)")
    parser.add_argument("--limit", type=int, default=256)
    parser.add_argument("--seed", type=int, default=7)
    args = parser.parse_args()
    if args.family == "vectors":
        write_vectors(args.out, args.model, args.limit)
    else:
        write_model(args.family, args.shape, args.out, args.seed)


if __name__ == "__main__":
    main()
