"""How near a passage in another language must be to the question, compared with the nearest one in the question's own.

Bi-encoders place texts of one language closer together, so a cosine alone does not tell whether a passage in another language
answers. Two kinds of questions are asked of mixed libraries, built from the held-apart sets:

    right   the answer is in the other language, beside passages of other sets in the question's own
    wrong   the answer is in the question's own language, beside passages of other sets in the other

and for each the difference of the best cosine in the other language and the best in the own is taken.

    python gap.py --out SETS --assay ASSAY --embedder ../multilingual-e5-small-zh-en
"""

import argparse
import json
import subprocess
import tempfile
from pathlib import Path

import numpy as np

KINDS = ("applications", "encyclopaedia", "mail", "rules")
OTHER = {"zh": "en", "en": "zh"}


def embed(assay, embedder, rows, kind, data):
    """Unit vectors of the texts of a set."""
    texts = data / "texts.jsonl"
    with texts.open("w", encoding="utf-8") as file:
        for row in rows:
            text = f"{row.get('title', '')}\n{row['text']}".strip()
            file.write(json.dumps({"id": str(row["_id"]), "text": text}, ensure_ascii=False) + "\n")
    command = [assay, "--data", str(data / "library"), "embed", "--texts", str(texts), "--kind", kind, "--model", embedder, "--json"]
    reply = json.loads(subprocess.run(command, capture_output=True, check=True, text=True).stdout)
    rows = next(value for value in reply.values() if isinstance(value, list))
    vectors = np.array([row.get("vector") or row.get("embedding") for row in rows], dtype=np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def read(path):
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--assay", required=True)
    parser.add_argument("--embedder", required=True)
    options = parser.parse_args()
    sets = {}
    with tempfile.TemporaryDirectory() as folder:
        for kind in KINDS:
            for pair in ("zh", "en", "zh-en", "en-zh"):
                of = options.out / f"{kind}.{pair}"
                parts = [(read(of / f"{name}.jsonl"), what) for name, what in (("queries", "query"), ("corpus", "passage"))]
                sets[kind, pair] = [embed(options.assay, options.embedder, rows, what, Path(folder)) for rows, what in parts]
    chance = np.random.default_rng(1)

    def others(kind, language, count):
        """Passages in a language that are about something else."""
        pool = np.concatenate([sets[other, language][1] for other in KINDS if other != kind])
        return pool[chance.choice(len(pool), count, replace=False)]

    for count in (20, 200, 500):
        right, wrong = [], []
        for kind in KINDS:
            for own, other in OTHER.items():
                questions, passages = sets[kind, f"{own}-{other}"]
                right += list((questions @ passages.T).max(1) - (questions @ others(kind, own, count).T).max(1))
                questions, passages = sets[kind, own]
                wrong += list((questions @ others(kind, other, count).T).max(1) - (questions @ passages.T).max(1))
        right, wrong = np.array(right), np.array(wrong)
        print(f"{count} passages of other sets; {len(right)} right, {len(wrong)} wrong")
        for gap in (0.04, 0.06, 0.08, 0.1, 0.12):
            print(f"  gap {gap}: keeps {(right >= -gap).mean():.3f} of the right, cuts {(wrong < -gap).mean():.3f} of the wrong")


if __name__ == "__main__":
    main()
