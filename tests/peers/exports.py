"""Exports one model folder for ONNX Runtime and OpenVINO.

    python exports.py --model FOLDER [--embedding]

Writes under FOLDER: `onnx/model.onnx` (plain export), `onnx/fused.onnx` (the fusions of ONNX Runtime's transformer optimiser:
attention, GELU with bias, skip layer norm, embeddings), `onnx/int8.onnx` (dynamic int8 of it), `openvino/f32.xml`, and
`openvino/int8.xml` (weights and activations, calibrated by NNCF on the model's own pairs). Prints what was fused.
"""

import argparse
import json
from pathlib import Path

import numpy as np
import onnx
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from onnxruntime.transformers import optimizer
from onnxruntime.transformers.fusion_options import FusionOptions
from tokenizers import Tokenizer
from transformers import AutoModel, AutoModelForSequenceClassification

NAMES = ["input_ids", "attention_mask", "token_type_ids"]


class Plain(torch.nn.Module):
    """The model with tensors in and one tensor out."""

    def __init__(self, model, names, embedding):
        super().__init__()
        self.model, self.names, self.embedding = model, names, embedding

    def forward(self, *inputs):
        out = self.model(**dict(zip(self.names, inputs)))
        return out.last_hidden_state if self.embedding else out.logits


def inputs_of(folder, names, embedding, count=24):
    """Batches of one pair or passage for calibration."""
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.no_padding()
    lines = [json.loads(x) for x in (folder / "L.jsonl").read_text(encoding="utf-8").splitlines()]
    for pair in lines[:count]:
        e = tokenizer.encode(pair["passage"]) if embedding else tokenizer.encode(pair["query"], pair["passage"])
        whole = {"input_ids": e.ids, "attention_mask": e.attention_mask, "token_type_ids": e.type_ids}
        yield {n: np.array([whole[n]], np.int64) for n in names}


def plain(folder, embedding, path):
    kind = AutoModel if embedding else AutoModelForSequenceClassification
    model = kind.from_pretrained(folder, attn_implementation="eager", **({"add_pooling_layer": False} if embedding else {})).eval()
    names = NAMES if model.config.type_vocab_size > 1 else NAMES[:2]
    example = tuple(torch.ones(2, 24, dtype=torch.long) for _ in names)
    axes = {n: {0: "batch", 1: "tokens"} for n in names} | {"out": {0: "batch"}}
    torch.onnx.export(Plain(model, names, embedding), example, str(path), input_names=names, output_names=["out"], dynamic_axes=axes,
                      opset_version=17, dynamo=False)
    return model.config, names


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--embedding", action="store_true")
    args = parser.parse_args()
    torch.set_num_threads(2)
    out = args.model / "onnx"
    out.mkdir(exist_ok=True)
    config, names = plain(args.model, args.embedding, out / "model.onnx")

    options = FusionOptions("bert")
    fused = optimizer.optimize_model(str(out / "model.onnx"), "bert", num_heads=config.num_attention_heads, hidden_size=config.hidden_size,
                                     optimization_options=options, opt_level=0)
    fused.save_model_to_file(str(out / "fused.onnx"))
    print("fused:", {k: v for k, v in fused.get_fused_operator_statistics().items() if v})
    quantize_dynamic(str(out / "fused.onnx"), str(out / "int8.onnx"), weight_type=QuantType.QInt8, per_channel=True,
                     extra_options={"DefaultTensorType": onnx.TensorProto.FLOAT})
    ops = [n.op_type for n in onnx.load(str(out / "int8.onnx"), load_external_data=False).graph.node]
    print("int8:", {k: ops.count(k) for k in ("QAttention", "MatMulInteger", "DynamicQuantizeLinear", "MatMul", "Gemm") if k in ops})

    import nncf
    import openvino as ov

    folder = args.model / "openvino"
    folder.mkdir(exist_ok=True)
    model = ov.convert_model(str(out / "model.onnx"))
    ov.save_model(model, str(folder / "f32.xml"), compress_to_fp16=False)
    data = nncf.Dataset(list(inputs_of(args.model, names, args.embedding)))
    small = nncf.quantize(model, data, model_type=nncf.ModelType.TRANSFORMER, subset_size=24)
    ov.save_model(small, str(folder / "int8.xml"), compress_to_fp16=False)
    print("openvino:", sum(op.get_type_name() == "FakeQuantize" for op in small.get_ops()), "quantised edges")


if __name__ == "__main__":
    main()
