"""Writes an excerpt of the XLM-RoBERTa tokenizer that tokenises the texts of its id vectors exactly like the full one.

    python excerpt.py FOLDER ../models/xlm-roberta-excerpt

FOLDER holds `tokenizer.json` (250,002 pieces) and `id-vectors.json`. A piece that occurs in none of the normalised texts
cannot be a token of them, so only those that occur are kept, with their scores. `true-ids.json` has the id of each
in the full vocabulary, the texts, and the published ids of the texts.
"""

import json
import sys
from pathlib import Path

from tokenizers import Tokenizer

PAIR = {"question": "你好", "passage": "世界", "ids": [0, 6, 124084, 2, 2, 6, 3221, 2]}


def main(folder, out):
    whole = json.loads((folder / "tokenizer.json").read_text())
    vectors = json.loads((folder / "id-vectors.json").read_text())
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    texts = [vector["text"] for vector in vectors] + [PAIR["question"], PAIR["passage"]]
    joined = "\n".join("▁" + tokenizer.normalizer.normalize_str(text).replace(" ", "▁") for text in texts)
    special = {token["content"] for token in whole["added_tokens"]}
    kept = [n for n, (piece, _) in enumerate(whole["model"]["vocab"]) if piece in special or piece in joined]
    place = {true: n for n, true in enumerate(kept)}
    whole["model"]["vocab"] = [whole["model"]["vocab"][true] for true in kept]
    for token in whole["added_tokens"]:
        token["id"] = place[token["id"]]
    assert [place[n] for n in range(4)] == [0, 1, 2, 3], "the framing tokens keep their ids"
    out.mkdir(parents=True, exist_ok=True)
    (out / "tokenizer.json").write_text(json.dumps(whole, ensure_ascii=False, separators=(",", ":")), encoding="utf-8")
    found = {"true_ids": kept, "texts": vectors, "pair": PAIR}
    (out / "true-ids.json").write_text(json.dumps(found, ensure_ascii=False) + "\n", encoding="utf-8")
    for vector in vectors:
        ids = Tokenizer.from_file(str(out / "tokenizer.json")).encode(vector["text"]).ids
        assert [kept[n] for n in ids] == vector["ids"], vector["text"]
    print(len(kept), "pieces")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
