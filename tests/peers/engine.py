"""Runs one rival in its own process: loads it once, then times one pass over all pairs for each line on its input.

    python engine.py NAME --model FOLDER --pairs FILE --threads 2 [--batch 16]

Answers one JSON line each: first `{"ready": …}` with versions and the batch size, then for `round` `{"seconds"}`, for
`scores` `{"scores"}`; ends at `quit`. Without --batch it tries the sizes of BATCHES on a third of the pairs and keeps the one that takes least processor time.
The measured time covers the work of each question: tokenising, sorting, batching and the model.
"""

import argparse
import contextlib
import importlib.metadata as metadata
import json
import os
import resource
import sys
import time
from pathlib import Path

BATCHES = (4, 8, 16, 32)


class Rival:
    """The interface of a rival: `open` runs once, `run` for each pass; the versions of `packages` are reported."""

    packages, batched = (), True

    def __init__(self, folder, pairs, threads):
        self.folder, self.pairs, self.threads, self.batch = folder, pairs, threads, BATCHES[0]
        self.open()

    def sorted_batches(self, encodings):
        """Groups of indices of similar length, longest first."""
        order = sorted(range(len(encodings)), key=lambda i: -len(encodings[i].ids))
        return [order[i : i + self.batch] for i in range(0, len(order), self.batch)]


def torch_threads(threads):
    import torch

    torch.set_num_threads(threads)
    torch.set_num_interop_threads(1)
    return torch


class SentenceTransformers(Rival):
    packages = ("sentence-transformers", "transformers", "torch")

    def open(self):
        torch = torch_threads(self.threads)
        from sentence_transformers import CrossEncoder

        self.model = CrossEncoder(str(self.folder), device="cpu", max_length=512)
        self.options = {"activation_fn": torch.nn.Identity(), "show_progress_bar": False}

    def run(self):
        return self.model.predict(self.pairs, batch_size=self.batch, **self.options).tolist()


class FlagReranker(Rival):
    packages = ("FlagEmbedding", "transformers", "torch")

    def open(self):
        torch_threads(self.threads)
        from FlagEmbedding import FlagReranker as Model

        self.model = Model(str(self.folder), use_fp16=False, devices="cpu", max_length=512)

    def run(self):
        return self.model.compute_score(self.pairs, batch_size=self.batch)


class Tokenised(Rival):
    """Rivals without a tokenising loop of their own: rows of tokens, sorted, padded to the longest of each batch."""

    def prepare(self, names):
        import numpy
        from tokenizers import Tokenizer

        os.environ.setdefault("RAYON_NUM_THREADS", str(self.threads))
        self.numpy, self.names = numpy, names
        self.tokenizer = Tokenizer.from_file(str(self.folder / "tokenizer.json"))
        self.tokenizer.no_padding()
        self.tokenizer.enable_truncation(512)

    def run(self):
        encodings = self.tokenizer.encode_batch(self.pairs)
        out = [0.0] * len(encodings)
        for group in self.sorted_batches(encodings):
            width = len(encodings[group[0]].ids)
            inputs = {n: self.numpy.zeros((len(group), width), self.numpy.int64) for n in self.names}
            if "input_ids" in inputs:
                inputs["input_ids"][:] = self.tokenizer.token_to_id("<pad>") or 0
            for row, i in enumerate(group):
                e = encodings[i]
                for name, values in (("input_ids", e.ids), ("attention_mask", e.attention_mask), ("token_type_ids", e.type_ids)):
                    if name in inputs:
                        inputs[name][row, : len(values)] = values
            for i, score in zip(group, self.logits(inputs)):
                out[i] = float(score)
        return out


class TorchBf16(Tokenised):
    packages = ("torch", "transformers")

    def open(self):
        self.torch = torch_threads(self.threads)
        from transformers import AutoModelForSequenceClassification

        self.model = AutoModelForSequenceClassification.from_pretrained(self.folder, dtype=self.torch.bfloat16).eval()
        self.prepare(["input_ids", "attention_mask"] + ["token_type_ids"] * (self.model.config.type_vocab_size > 1))

    def logits(self, inputs):
        with self.torch.inference_mode():
            return self.model(**{k: self.torch.from_numpy(v) for k, v in inputs.items()}).logits[:, 0].float().tolist()


class OnnxRuntime(Tokenised):
    packages, file = ("onnxruntime",), "fused.onnx"

    def open(self):
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads, options.inter_op_num_threads = self.threads, 1
        self.session = onnxruntime.InferenceSession(str(self.folder / "onnx" / self.file), options, providers=["CPUExecutionProvider"])
        self.prepare([i.name for i in self.session.get_inputs()])
        self.narrow = {i.name for i in self.session.get_inputs() if "int32" in i.type}

    def logits(self, inputs):
        inputs = {k: v.astype(self.numpy.int32) if k in self.narrow else v for k, v in inputs.items()}
        return self.session.run(None, inputs)[0][:, 0].tolist()


class OnnxRuntimeInt8(OnnxRuntime):
    file = "int8.onnx"


class OpenVino(Tokenised):
    packages, file, precision = ("openvino",), "f32.xml", "f32"

    def open(self):
        import openvino

        core = openvino.Core()
        settings = {"INFERENCE_NUM_THREADS": self.threads, "NUM_STREAMS": 1, "INFERENCE_PRECISION_HINT": self.precision}
        self.model = core.compile_model(core.read_model(self.folder / "openvino" / self.file), "CPU", settings)
        self.request = self.model.create_infer_request()
        self.prepare([i.any_name for i in self.model.inputs])

    def logits(self, inputs):
        return list(self.request.infer(inputs).values())[0][:, 0].tolist()


class OpenVinoBf16(OpenVino):
    precision = "bf16"


class OpenVinoInt8(OpenVino):
    file = "int8.xml"


class FastEmbed(Rival):
    packages = ("fastembed", "onnxruntime")

    def open(self):
        from fastembed.common.model_description import ModelSource
        from fastembed.rerank.cross_encoder import TextCrossEncoder

        TextCrossEncoder.add_custom_model("local/reranker", ModelSource(hf="local/reranker"), model_file="onnx/model.onnx")
        self.model = TextCrossEncoder("local/reranker", threads=self.threads, specific_model_path=str(self.folder))

    def run(self):
        return list(self.model.rerank_pairs(self.pairs, batch_size=self.batch))


class FlashRank(Rival):
    """flashrank's `Ranker` on a folder in its layout; one padded batch per question of any size."""

    packages, file, batched = ("FlashRank", "onnxruntime"), "model.onnx", False

    def open(self):
        import importlib
        import math

        module = importlib.import_module("flashrank.Ranker")

        name = f"flashrank-{Path(self.file).stem}"
        shelf = self.folder / name
        shelf.mkdir(exist_ok=True)
        for source in [*self.folder.glob("*.json"), self.folder / "onnx" / self.file]:
            target = shelf / source.name
            if not target.exists():
                target.symlink_to(source.resolve())
        module.model_file_map[name] = self.file
        self.model = module.Ranker(name, cache_dir=str(self.folder), max_length=512, log_level="ERROR")
        self.request, self.logit = module.RerankRequest, lambda p: math.log(max(p, 1e-12) / max(1 - p, 1e-12))

    def run(self):
        passages = [{"id": i, "text": p} for i, (_, p) in enumerate(self.pairs)]
        rows = self.model.rerank(self.request(query=self.pairs[0][0], passages=passages))
        out = [0.0] * len(rows)
        for row in rows:
            out[row["id"]] = self.logit(float(row["score"]))
        return out


class FlashRankInt8(FlashRank):
    file = "int8.onnx"


class SentenceEmbedding(Rival):
    packages = ("sentence-transformers", "transformers", "torch")

    def open(self):
        torch_threads(self.threads)
        from sentence_transformers import SentenceTransformer

        self.model = SentenceTransformer(str(self.folder), device="cpu")

    def run(self):
        return self.model.encode([p for _, p in self.pairs], batch_size=self.batch, normalize_embeddings=True, show_progress_bar=False).tolist()


class FastEmbedEmbedding(Rival):
    packages = ("fastembed", "onnxruntime")

    def open(self):
        from fastembed import TextEmbedding
        from fastembed.common.model_description import ModelSource, PoolingType

        TextEmbedding.add_custom_model("local/embedder", pooling=PoolingType.MEAN, normalization=True, dim=384,
                                       sources=ModelSource(hf="local/embedder"), model_file="onnx/model.onnx")
        self.model = TextEmbedding("local/embedder", threads=self.threads, specific_model_path=str(self.folder))

    def run(self):
        return [v.tolist() for v in self.model.embed([p for _, p in self.pairs], batch_size=self.batch)]


class OnnxRuntimeEmbedding(OnnxRuntime):
    def run(self):
        self.tokenizer.enable_truncation(256)
        texts = self.tokenizer.encode_batch([p for _, p in self.pairs])
        out = [None] * len(texts)
        for group in self.sorted_batches(texts):
            width = len(texts[group[0]].ids)
            inputs = {n: self.numpy.zeros((len(group), width), self.numpy.int64) for n in self.names}
            for row, i in enumerate(group):
                inputs["input_ids"][row, : len(texts[i].ids)] = texts[i].ids
                inputs["attention_mask"][row, : len(texts[i].ids)] = 1
            inputs = {k: v.astype(self.numpy.int32) if k in self.narrow else v for k, v in inputs.items()}
            states, mask = self.session.run(None, inputs)[0], inputs["attention_mask"][:, :, None]
            pooled = (states * mask).sum(1) / mask.sum(1)
            pooled /= self.numpy.linalg.norm(pooled, axis=1, keepdims=True)
            for i, vector in zip(group, pooled.tolist()):
                out[i] = vector
        return out


class OnnxRuntimeEmbeddingInt8(OnnxRuntimeEmbedding):
    file = "int8.onnx"


RERANKERS = {
    "sentence-transformers": SentenceTransformers, "sentence-transformers-5.3": SentenceTransformers, "flagreranker": FlagReranker,
    "torch-bf16": TorchBf16, "onnxruntime-f32": OnnxRuntime, "onnxruntime-int8": OnnxRuntimeInt8, "openvino-f32": OpenVino,
    "openvino-bf16": OpenVinoBf16, "openvino-int8": OpenVinoInt8, "fastembed": FastEmbed, "flashrank-f32": FlashRank, "flashrank-int8": FlashRankInt8,
}
EMBEDDERS = {"sentence-transformers": SentenceEmbedding, "sentence-transformers-5.3": SentenceEmbedding, "fastembed": FastEmbedEmbedding,
             "onnxruntime-f32": OnnxRuntimeEmbedding, "onnxruntime-int8": OnnxRuntimeEmbeddingInt8}


def timed(rival):
    begun = time.perf_counter()
    scores = rival.run()
    return time.perf_counter() - begun, scores


def best_batch(rival):
    """The batch size with the least processor time, which depends less on other load than wall-clock time."""
    whole, tried = rival.pairs, {}
    rival.pairs = whole[:: max(1, min(3, len(whole) // 12))]
    for size in (BATCHES[1], *BATCHES):  # the first warms up
        rival.batch, begun = size, time.process_time()
        rival.run()
        tried[size] = time.process_time() - begun
    rival.pairs = whole
    return min(tried, key=tried.get)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("name")
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--pairs", type=Path, required=True)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--batch", type=int)
    parser.add_argument("--embed", action="store_true")
    args = parser.parse_args()
    answers = os.fdopen(os.dup(1), "w", buffering=1)  # keeps what libraries print out of the replies
    os.dup2(2, 1)
    lines = [json.loads(x) for x in args.pairs.read_text(encoding="utf-8").splitlines()]
    pairs = [(x["query"], x["passage"]) for x in lines]
    rival = (EMBEDDERS if args.embed else RERANKERS)[args.name](args.model, pairs, args.threads)
    if rival.batched:
        rival.batch = args.batch or best_batch(rival)
    scores = rival.run()
    versions = {}
    for package in rival.packages:
        with contextlib.suppress(metadata.PackageNotFoundError):
            versions[package] = metadata.version(package)
    print(json.dumps({"ready": True, "batch": rival.batch if rival.batched else None, "versions": versions}), file=answers)
    for line in sys.stdin:
        if line.strip() == "round":
            seconds, scores = timed(rival)
            print(json.dumps({"seconds": seconds, "peak_bytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024}), file=answers)
        elif line.strip() == "scores":
            print(json.dumps({"scores": scores}), file=answers)
        elif line.strip() == "quit":
            break


if __name__ == "__main__":
    main()
