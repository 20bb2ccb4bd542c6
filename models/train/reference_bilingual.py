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

from export import PAIRS
from int8 import widened
from reference_shapes import write_json

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
