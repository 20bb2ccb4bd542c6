"""Writes the finished model in hub layout: f16 weights, configuration, tokenizer and reference logits.

    python export.py --work WORK --weights RUN/mean.safetensors --out FOLDER [--calibration calibration.json]

The calibration (one scale, one bias) is folded into the classifier, which leaves every order as it was. The reference
logits are those of transformers' BertForSequenceClassification on the shipped f16 weights widened to f32. Files are
replaced one by one under a temporary name, the weights last.
"""

import argparse
import hashlib
import json
import os
import shutil
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from transformers import BertForSequenceClassification

from model import MAX_LENGTH, Pairs, config

LONG_EN = " ".join(
    f"Entry {n} of the harbour log notes that the {a} arrived from {b} with {n * 3 + 7} crates and left on day {n + 2}."
    for n, (a, b) in enumerate([("Marigold", "Leith"), ("Swift", "Bergen"), ("Heron", "Porto"), ("Juno", "Gdansk")] * 8)
)
LONG_ZH = "".join(
    f"第{n}条记录说，{a}在第{n + 2}天从{b}运来{n * 3 + 7}箱货物，由值班员登记后入库。"
    for n, (a, b) in enumerate([("甲队", "北仓"), ("乙队", "南仓"), ("丙队", "东仓"), ("丁队", "西仓")] * 8)
)
PAIRS = [
    ("Which port does version 3.2 listen on?", "Since version 3.2 the service listens on port 8443; version 3.1 used 8080."),
    ("Which port does version 3.2 listen on?", "The garden opens at nine in summer and at ten in winter."),
    ("When did the founder die?", "The founder was born in Lyon in 1871 and moved to Geneva as a child."),
    ("When did the founder die?", "After a long illness the founder died in Geneva on 4 March 1932, aged sixty."),
    ("How many crates did the Heron bring on its second visit?", LONG_EN),
    ("naïve café prices in 2024?", "Prices: espresso €2.40, flat white €3.90 (plus 7 % tax)."),
    ("三点二版监听哪个端口？", "从3.2版开始，服务监听8443端口；3.1版使用的是8080端口。"),
    ("三点二版监听哪个端口？", "花园夏天九点开门，冬天十点开门。"),
    ("創辦人是哪一年去世的？", "創辦人於1932年3月4日在日內瓦去世，享年六十歲。"),
    ("创办人是哪一年去世的？", "创办人1871年出生于里昂，幼年随家人迁居日内瓦。"),
    ("丙队第二次运来多少箱货物？", LONG_ZH),
    ("GPU 显存不够时应该怎么设置 batch size？", "如果显存不足，可以把 batch size 调小到 8，并打开梯度累积（gradient accumulation）。"),
]


def write(path, text):
    temporary = path.with_name(path.name + ".part")
    temporary.write_text(text, encoding="utf-8")
    os.replace(temporary, path)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--weights", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--calibration", type=Path)
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)

    state = load_file(args.weights)
    if args.calibration:
        fitted = json.loads(args.calibration.read_text(encoding="utf-8"))
        state["classifier.weight"] = state["classifier.weight"] * fitted["scale"]
        state["classifier.bias"] = state["classifier.bias"] * fitted["scale"] + fitted["bias"]
    assert all(v.abs().max() < 60000 for v in state.values())
    state = {k: v.half().contiguous() for k, v in state.items()}

    settings = config(len(state["bert.embeddings.word_embeddings.weight"]))
    kept = {"architectures": ["BertForSequenceClassification"], "model_type": "bert"}
    for key in ("attention_probs_dropout_prob", "hidden_act", "hidden_dropout_prob", "hidden_size", "initializer_range", "intermediate_size",
                "layer_norm_eps", "max_position_embeddings", "num_attention_heads", "num_hidden_layers", "pad_token_id", "type_vocab_size",
                "vocab_size"):
        kept[key] = getattr(settings, key)
    kept.update(num_labels=1, id2label={"0": "relevance"}, label2id={"relevance": 0}, position_embedding_type="absolute", torch_dtype="float16")

    pairs = Pairs(args.work / "tokenizer.json")
    model = BertForSequenceClassification(settings).eval()
    model.load_state_dict({k: v.float() for k, v in state.items()})
    rows = []
    for query, passage in PAIRS:
        q, d = pairs.ids([query, passage])
        ids, types = pairs.join(q, d)
        with torch.no_grad():
            logit = model(input_ids=torch.tensor([ids]), token_type_ids=torch.tensor([types])).logits.item()
        rows.append({"query": query, "passage": passage, "input_ids": ids, "token_type_ids": types, "logit": round(logit, 6)})
        print(f"{logit:8.3f}  {len(ids):4d} tokens  {query[:30]} | {passage[:40]}")
    lines = ",\n  ".join(json.dumps(r, ensure_ascii=False) for r in rows)

    write(args.out / "config.json", json.dumps(kept, indent=2) + "\n")
    temporary = args.out / "tokenizer.json.part"
    shutil.copyfile(args.work / "tokenizer.json", temporary)
    os.replace(temporary, args.out / "tokenizer.json")
    write(args.out / "tokenizer_config.json", json.dumps({
        "tokenizer_class": "BertTokenizer", "do_lower_case": True, "tokenize_chinese_chars": True, "strip_accents": None, "cls_token": "[CLS]",
        "sep_token": "[SEP]", "pad_token": "[PAD]", "unk_token": "[UNK]", "mask_token": "[MASK]", "model_max_length": MAX_LENGTH}, indent=2) + "\n")
    write(args.out / "reference.json", f'{{"max_length": {MAX_LENGTH}, "dtype": "f16 weights, f32 arithmetic", "pairs": [\n  {lines}\n]}}\n')
    temporary = args.out / "model.safetensors.part"
    save_file(state, temporary, metadata={"format": "pt"})
    temporary.chmod(0o644)
    os.replace(temporary, args.out / "model.safetensors")
    data = (args.out / "model.safetensors").read_bytes()
    print(len(data), "bytes, sha256", hashlib.sha256(data).hexdigest())


if __name__ == "__main__":
    main()
