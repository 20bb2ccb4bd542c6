"""Writes the reference logits of assay-reranker-zh-en, which the engine's test compares with.

    python reference_bilingual.py --folder ../assay-reranker-zh-en

transformers' BertForSequenceClassification computes them in f32 from the folder's 8-bit matrices, multiplied out.
"""

import argparse
import json
from pathlib import Path

import torch
from safetensors.numpy import load_file
from tokenizers import Tokenizer
from transformers import BertConfig, BertForSequenceClassification

from int8 import widened
from reference_shapes import write_json

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

ACROSS = [
    ("Which port does version 3.2 listen on?", "从3.2版开始，服务监听8443端口；3.1版使用的是8080端口。"),
    ("三点二版监听哪个端口？", "Since version 3.2 the service listens on port 8443; version 3.1 used 8080."),
    ("创办人是哪一年去世的？", "The founder was born in Lyon in 1871 and moved to Geneva as a child."),
    ("When did the founder die?", "花园夏天九点开门，冬天十点开门。"),
]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folder", type=Path, required=True)
    args = parser.parse_args()
    torch.set_num_threads(1)
    tokenizer = Tokenizer.from_file(str(args.folder / "tokenizer.json"))
    tokenizer.enable_truncation(512)
    settings = {k: v for k, v in json.loads((args.folder / "config.json").read_text()).items() if k not in ("architectures", "torch_dtype", "tokenizer_class")}
    model = BertForSequenceClassification(BertConfig(**settings)).eval()
    missing = model.load_state_dict({k: torch.from_numpy(v) for k, v in widened(load_file(args.folder / "model.safetensors")).items()}, strict=False)
    assert not missing.unexpected_keys and all("position_ids" in k for k in missing.missing_keys), missing
    rows = []
    for query, passage in PAIRS + ACROSS:
        encoding = tokenizer.encode(query, passage)
        with torch.no_grad():
            logit = model(input_ids=torch.tensor([encoding.ids]), token_type_ids=torch.tensor([encoding.type_ids])).logits.item()
        rows.append({"query": query, "passage": passage, "input_ids": encoding.ids, "token_type_ids": encoding.type_ids, "logit": round(logit, 6)})
        print(f"{logit:8.3f}  {len(encoding.ids):4d} tokens  {query[:30]} | {passage[:40]}")
    write_json(args.folder / "reference.json", {"max_length": 512, "dtype": "8-bit weights, f32 arithmetic", "pairs": rows})


if __name__ == "__main__":
    main()
