"""The engines of a run behind one interface, `round()` and `scores()`: Python rivals, stock candle, and Assay itself."""

import json
import os
import signal
import subprocess
import tempfile
from pathlib import Path

from environments import python

HERE = Path(__file__).parent
OLDER = ("sentence-transformers-5.3", "flagreranker")
RERANKERS = ["sentence-transformers", "sentence-transformers-5.3", "flagreranker", "torch-bf16", "onnxruntime-f32", "onnxruntime-int8",
             "openvino-f32", "openvino-bf16", "openvino-int8", "fastembed", "flashrank-f32", "flashrank-int8", "candle"]
EMBEDDERS = ["sentence-transformers", "sentence-transformers-5.3", "fastembed", "onnxruntime-f32", "onnxruntime-int8"]


class Missing(Exception):
    """The reason why an engine is not measured."""


def surroundings(threads):
    """Environment variables: the same number of threads for every library, and no network access."""
    count = str(threads)
    return {**os.environ, "OMP_NUM_THREADS": count, "MKL_NUM_THREADS": count, "RAYON_NUM_THREADS": count, "TOKENIZERS_PARALLELISM": "true",
            "HF_HUB_OFFLINE": "1", "TRANSFORMERS_OFFLINE": "1", "PYTHONWARNINGS": "ignore"}


def pin(threads):
    """Pins a child to the first processors, because some libraries start a thread for each one they see."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:threads])


class Child:
    """A process that answers each line with one JSON line; it is stopped while others are measured."""

    def __init__(self, name, command, threads, log):
        self.name = name
        self.log = open(log, "w+", encoding="utf-8")
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.log, text=True,
                                        env=surroundings(threads), preexec_fn=lambda: pin(threads))
        ready = self.answer()
        self.batch, self.versions = ready["batch"], ready["versions"]
        self.process.send_signal(signal.SIGSTOP)

    def answer(self):
        line = self.process.stdout.readline()
        if not line:
            self.process.wait()
            self.log.seek(0)
            said = [x for x in self.log.read().splitlines() if x.strip()]
            raise Missing(f"stopped with status {self.process.returncode}: {said[-1][:300] if said else 'without output'}")
        return json.loads(line)

    def ask(self, word):
        self.process.send_signal(signal.SIGCONT)
        try:
            self.process.stdin.write(word + "\n")
            self.process.stdin.flush()
            return self.answer()
        except BrokenPipeError:
            return self.answer()
        finally:
            if self.process.poll() is None:
                self.process.send_signal(signal.SIGSTOP)

    def round(self):
        return self.ask("round")

    def scores(self):
        return self.ask("scores")["scores"]

    def close(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        self.log.close()


class Assay:
    """Assay: each round is a new process, and only its reported seconds count."""

    def __init__(self, program, precision, model, pairs, threads, embed, scratch):
        self.name, self.batch = f"assay-{precision}", None
        self.threads, self.embed, self.precision = threads, embed, precision
        self.program, self.model, self.pairs, self.scratch = program, model, pairs, scratch
        said = subprocess.run([program, "--version"], capture_output=True, text=True).stdout.strip()
        self.versions = {"assay": said.split()[-1] if said else "unknown"}
        self.round()

    def call(self, *arguments):
        common = ["--model", str(self.model), "--threads", str(self.threads), "--precision", self.precision, "--json", "--data", str(self.scratch / "data")]
        done = subprocess.run([self.program, *arguments, *common], capture_output=True, text=True, env=surroundings(self.threads),
                              preexec_fn=lambda: pin(self.threads))
        if done.returncode != 0:
            raise Missing(" ".join((done.stderr.strip() or done.stdout.strip()).split())[:300] or f"status {done.returncode}")
        return json.loads(done.stdout)

    def round(self):
        reply = self.call("bench", "embed" if self.embed else "rerank", "--pairs", str(self.pairs), "--runs", "1")
        return {"seconds": reply["seconds"][0], "peak_bytes": reply["peak_memory_bytes"], "tokens": reply["tokens_real"], "device": reply["device"]}

    def scores(self):
        lines = [json.loads(x) for x in Path(self.pairs).read_text(encoding="utf-8").splitlines()]
        with tempfile.NamedTemporaryFile("w", suffix=".jsonl", dir=self.scratch, delete=False, encoding="utf-8") as file:
            file.writelines(json.dumps({"id": str(i), "text": x["passage"]}) + "\n" for i, x in enumerate(lines))
        try:
            if self.embed:
                return [row["vector"] for row in self.call("embed", "--texts", file.name)["vectors"]]
            return [row["logit"] for row in self.call("rerank", "--query", lines[0]["query"], "--passages", file.name)["scores"]]
        finally:
            Path(file.name).unlink()

    def close(self):
        pass


def open_rival(name, folder, model, pairs, args, scratch):
    """Starts one engine and waits until it is loaded and warm."""
    if name.startswith("assay-"):
        if not args.assay:
            raise Missing("no --assay PROGRAM was given")
        return Assay(args.assay, name.removeprefix("assay-"), model, pairs, args.threads, args.embed, scratch)
    log = scratch / f"{name}.log"
    size = args.batches.get(name)
    batch = ["--batch", str(size)] if size else []
    if name == "candle":
        if not args.candle:
            raise Missing("no --candle PROGRAM was given (cargo build -p assay-encoder --example stock_candle)")
        return Child(name, [args.candle, str(model), str(pairs), str(args.threads), *(batch[1:] or [])], args.threads, log)
    environment = folder / "env" / ("older" if name in OLDER else "current")
    if not python(environment).exists():
        raise Missing("its environment is not installed")
    command = [str(python(environment)), str(HERE / "engine.py"), name, "--model", str(model), "--pairs", str(pairs), "--threads", str(args.threads)]
    return Child(name, command + batch + ["--embed"] * args.embed, args.threads, log)
