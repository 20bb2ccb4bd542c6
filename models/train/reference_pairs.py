"""Writes the reference logits of the converted ms-marco-MiniLM-L-12-v2, which the engine's test compares with.

    python reference_pairs.py --folder ../ms-marco-MiniLM-L-12-v2 --engine FOLDER/model.onnx

onnxruntime computes them from the package's own file twice: as it is (`int8`: activations rounded to 8 bits for each matrix),
and with its 8-bit matrices multiplied in f32 (`logit`), which is what the engine does in f32. The texts are made for this.
"""

import argparse
import json
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
from onnx import numpy_helper
from tokenizers import Tokenizer

from reference_shapes import write_json

QUESTIONS = {
    "Which port does version 3.2 listen on?": [
        "Since version 3.2 the service listens on port 8443; version 3.1 used 8080.",
        "Version 3.1 listens on port 8080 unless the settings name another.",
        "The garden opens at nine in summer and at ten in winter.",
        "Port wine is made in the valley of the Douro and shipped from Porto.",
    ],
    "When did the founder die?": [
        "After a long illness the founder died in Geneva on 4 March 1932, aged sixty.",
        "The founder was born in Lyon in 1871 and moved to Geneva as a child.",
        "The foundry closed in 1932, and its last furnace went cold that March.",
    ],
    "naïve café prices in 2024?": [
        "Prices: espresso €2.40, flat white €3.90 (plus 7 % tax).",
        "Café culture spread from Vienna to the provinces in the 19th century.",
    ],
    "how do I undo the last commit but keep my changes": [
        "git reset --soft HEAD~1 moves the branch back one commit and leaves index and working tree as they are.",
        "git revert makes a new commit that takes back what an earlier one changed.",
        "Commit early and often; a small commit is easier to read than a large one.",
        "",
    ],
    "How many crates did the Heron bring on its second visit?": [
        "The Heron came twice. It landed 14 crates in May and 31 crates on its second visit in August.",
        "The Marigold brought 31 crates in August; the Heron did not call at the harbour that month.",
        " ".join(f"Entry {n} of the harbour log notes that the {ship} arrived from {place} with {7 * n % 40 + 3} crates on board."
                 for n, (ship, place) in enumerate([("Marigold", "Leith"), ("Heron", "Bergen"), ("Anna", "Hull"), ("Plover", "Ostend")] * 9)),
    ],
}


def in_f32(model):
    """The same model with every product of 8-bit numbers replaced by one of f32 numbers; weights are widened exactly."""
    stored = {i.name: numpy_helper.to_array(i) for i in model.graph.initializer}
    quantised = {n.output[0]: n.input[0] for n in model.graph.node if n.op_type == "DynamicQuantizeLinear"}
    casts = {n.input[0]: n.output[0] for n in model.graph.node if n.op_type == "Cast"}
    results = {i: n for n in model.graph.node if n.op_type == "Mul" for i in n.input}
    drop, add, weights = [], {}, []
    for node in model.graph.node:
        if node.op_type == "DynamicQuantizeLinear" or node.name.endswith("_scales_mul"):
            drop.append(node)
        if node.op_type == "MatMulInteger":
            name = node.input[1].removesuffix("_quantized")
            wide = (stored[node.input[1]].astype(np.float32) - stored[f"{name}_zero_point"].astype(np.float32)) * stored[f"{name}_scale"]
            weights.append(numpy_helper.from_array(wide, f"{name}_wide"))
            scaled = results[casts[node.output[0]]]
            add[scaled.name] = onnx.helper.make_node("MatMul", [quantised[node.input[0]], f"{name}_wide"], [scaled.output[0]])
            drop += [node, next(n for n in model.graph.node if n.op_type == "Cast" and n.input[0] == node.output[0])]
    gone = {id(n) for n in drop}
    nodes = [add.get(n.name, n) for n in model.graph.node if id(n) not in gone]
    del model.graph.node[:]
    model.graph.node.extend(nodes)
    model.graph.initializer.extend(weights)
    return model


def session(model):
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])


def feed(tokenizer, question, passage):
    encoding = tokenizer.encode(question, passage)
    return {"input_ids": encoding.ids, "token_type_ids": encoding.type_ids, "attention_mask": encoding.attention_mask}


def logit(run, inputs):
    return run.run(None, {k: np.array([v], np.int64) for k, v in inputs.items()})[0].item()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--engine", type=Path, required=True)
    args = parser.parse_args()
    tokenizer = Tokenizer.from_file(str(args.folder / "tokenizer.json"))
    tokenizer.enable_truncation(512)
    own, wide = session(str(args.engine)), session(in_f32(onnx.load(args.engine)).SerializeToString())
    rows = []
    for question, passages in QUESTIONS.items():
        for passage in passages:
            inputs = feed(tokenizer, question, passage)
            rows.append({"query": question, "passage": passage, "input_ids": inputs["input_ids"], "token_type_ids": inputs["token_type_ids"],
                         "logit": round(logit(wide, inputs), 6), "int8": round(logit(own, inputs), 6)})
    write_json(args.folder / "reference.json", {"max_length": 512, "dtype": "8-bit weights, f32 arithmetic", "pairs": rows})
    differences = [abs(row["logit"] - row["int8"]) for row in rows]
    print(len(rows), "pairs, logits", [row["logit"] for row in rows], "most between the two", max(differences))


if __name__ == "__main__":
    main()
