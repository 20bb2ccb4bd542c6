"""Compares transformers and Assay on the same pairs with a full-size classifier: 12 layers of 768 or 24 of 1024.

    python true_shapes.py base|large [--family xlm_roberta] [--pairs 8] [--tokenizer FOLDER] [--ours COMMAND]

The model folder (1.1 to 2.2 GB, random seeded weights) is made in each run and removed at the end unless `--keep` names
a folder for it. `--tokenizer` names a folder with a real tokenizer.json of the family; without it, the small vocabulary is
used with a full-size embedding table. `--ours` is the command for `examples/score_pairs.rs`, by default through cargo.
"""

import argparse
import json
import shlex
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

import torch
from tokenizers import Tokenizer

import references
import shapes
from texts import QUESTIONS, passages

ARCHITECTURES = {
    "bert": ("BertForSequenceClassification", 30522),
    "xlm_roberta": ("XLMRobertaForSequenceClassification", 250002),
    "distilbert": ("DistilBertForSequenceClassification", 30522),
    "modern_bert": ("ModernBertForSequenceClassification", 50368),
    "deberta": ("DebertaV2ForSequenceClassification", 128100),
}
LIMIT = 512


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("size", choices=["base", "large"])
    parser.add_argument("--family", choices=ARCHITECTURES, default="xlm_roberta")
    parser.add_argument("--pairs", type=int, default=8)
    parser.add_argument("--tokenizer", type=Path)
    parser.add_argument("--keep", type=Path)
    parser.add_argument("--ours", default="cargo run --quiet -p assay-encoder --example score_pairs --")
    args = parser.parse_args()

    with tempfile.TemporaryDirectory() as folder:
        folder = args.keep or Path(folder)
        compare(args, folder)


def compare(args, folder):
    architecture, vocabulary = ARCHITECTURES[args.family]
    own = args.tokenizer and Tokenizer.from_file(str(args.tokenizer / "tokenizer.json"))
    config = getattr(shapes, args.family)(architecture, vocabulary, args.size, **shapes.CLASSIFIER)
    shapes.write_folder(folder, config, own or shapes.tokenizer_of(args.family), LIMIT, shapes.SPECIAL[args.family])
    model = shapes.build(folder, 7, half=False)
    # Rotates the passages, so that few pairs cover every kind: short, other language, long, truncated, empty.
    asked = [(QUESTIONS[n % 8], [passages(n % 8)[n % 5]]) for n in range(args.pairs)]
    pairs = [(question, passage) for question, own in asked for passage in own]
    with torch.no_grad():
        last = getattr(model.classifier, "out_proj", model.classifier)
        found = references.classifier(folder, model, pairs, LIMIT)
        last.weight.mul_(8 / (max(found) - min(found)))
    shapes.save(model, folder, half=False)
    start = time.time()
    wanted = references.classifier(folder, model, pairs, LIMIT)
    print(f"{args.family} {args.size}: {sum(p.numel() for p in model.parameters()) / 1e6:.0f} M parameters, "
          f"{len(pairs)} pairs, spread {max(wanted) - min(wanted):.2f}; transformers {time.time() - start:.1f} s")
    del model

    listed = [{"question": question, "passages": own} for question, own in asked]
    shapes.write(folder / "pairs.json", listed)
    start = time.time()
    command = [*shlex.split(args.ours), str(folder), str(folder / "pairs.json")]
    got = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    order = lambda scores: sorted(range(len(scores)), key=lambda n: -scores[n])
    agree = sum(a == b for a, b in zip(order(wanted), order(got)))
    print(f"ours {time.time() - start:.1f} s with loading; max |difference| "
          f"{max(abs(a - b) for a, b in zip(wanted, got)):.2e}; same rank for {agree} of {len(pairs)}")


if __name__ == "__main__":
    main()
