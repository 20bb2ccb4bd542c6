"""Compares the metrics of `assay measure` with trec_eval's on generated runs. See README.md."""

import json
import random
import subprocess
import sys
import tempfile
from pathlib import Path

import pytrec_eval

SEED = 20
DEPTHS = (1, 3, 10)
TOLERANCE = 1e-9


def run(dice, number):
    """One question: its candidates in order, and the grade of each judged one."""
    count = dice.choice([1, 2, 5, 9, 10, 11, 30])
    candidates = [f"q{number}-d{place}" for place in range(count)]
    # Some judged passages were not retrieved.
    known = candidates + [f"q{number}-elsewhere{place}" for place in range(3)]
    judged = dice.sample(known, dice.randint(1, len(known)))
    grades = {docid: dice.choice([0, 0, 1, 1, 2, 3]) for docid in judged}
    if not any(grades.values()):
        grades[judged[0]] = 1
    return candidates, grades


def measured(assay, runs, depth):
    """The means that `assay measure` reports for the given order."""
    with tempfile.TemporaryDirectory() as folder:
        lines = Path(folder) / "candidates.jsonl"
        with lines.open("w") as out:
            for number, (candidates, grades) in enumerate(runs):
                texts = [{"docid": docid, "text": docid} for docid in candidates]
                out.write(json.dumps({"qid": f"q{number}", "query": "q", "candidates": texts, "qrels": grades}) + "\n")
        command = [assay, "--data", folder, "measure", "--candidates", str(lines), "--k", str(depth), "--json"]
        reply = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    given = next(stage for stage in reply["stages"] if stage["name"] == "given")
    return {name: given[f"{name}@{depth}"]["mean"] for name in ("ndcg", "mrr", "recall")}


def expected(runs, depth):
    """The means of trec_eval; lists are truncated at the depth, which gives the reciprocal rank at that depth."""
    qrels = {f"q{number}": grades for number, (_, grades) in enumerate(runs)}
    scores = {f"q{number}": {d: float(-place) for place, d in enumerate(docs)} for number, (docs, _) in enumerate(runs)}
    cut = {q: dict(sorted(ranked.items(), key=lambda row: -row[1])[:depth]) for q, ranked in scores.items()}
    whole = pytrec_eval.RelevanceEvaluator(qrels, {f"ndcg_cut.{depth}", f"recall.{depth}"}).evaluate(scores)
    first = pytrec_eval.RelevanceEvaluator(qrels, {"recip_rank"}).evaluate(cut)
    mean = lambda rows, name: sum(row[name] for row in rows.values()) / len(rows)
    return {
        "ndcg": mean(whole, f"ndcg_cut_{depth}"),
        "mrr": mean(first, "recip_rank"),
        "recall": mean(whole, f"recall_{depth}"),
    }


def main():
    assay = sys.argv[1] if len(sys.argv) > 1 else "assay"
    count = int(sys.argv[2]) if len(sys.argv) > 2 else 60
    dice = random.Random(SEED)
    runs = [run(dice, number) for number in range(count)]
    worst = 0.0
    for depth in DEPTHS:
        ours, theirs = measured(assay, runs, depth), expected(runs, depth)
        for name, value in theirs.items():
            difference = abs(ours[name] - value)
            worst = max(worst, difference)
            print(f"{name}@{depth}: assay {ours[name]:.12f}, trec_eval {value:.12f}, difference {difference:.1e}")
    print(f"{count} questions, largest difference {worst:.1e}")
    return 0 if worst <= TOLERANCE else 1


if __name__ == "__main__":
    sys.exit(main())
