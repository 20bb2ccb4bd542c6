"""transformers' BertModel with a pooler and one logit, and the frames of its tokens. Queries, keys and values are one product, and
for a logit the last layer is computed for the first token alone. Frozen layers are computed without a graph. Under autocast all
between the embeddings and the pooler is in bfloat16.
"""

import json

import torch
import torch.nn.functional as F
from safetensors.numpy import load_file as load_numpy
from tokenizers import Tokenizer
from torch import nn

from int8 import widened


class Network(nn.Module):
    def __init__(self, folder, frozen=0, seed=3, layers=None):
        """`frozen` lowest layers and the embeddings do not learn; `layers` is how many of the folder's are used, from the lowest."""
        super().__init__()
        torch.manual_seed(seed)
        config = json.loads((folder / "config.json").read_text())
        self.hidden, self.heads, self.layers = config["hidden_size"], config["num_attention_heads"], layers or config["num_hidden_layers"]
        self.frozen = frozen
        state = {k.removeprefix("bert."): torch.from_numpy(v) for k, v in widened(load_numpy(folder / "model.safetensors")).items()}
        inside = lambda name: not name.startswith("encoder.layer.") or int(name.split(".")[2]) < self.layers
        state = {name: value for name, value in state.items() if inside(name)}
        if "pooler.dense.weight" not in state:
            state["pooler.dense.weight"] = torch.randn(self.hidden, self.hidden) * 0.02 + torch.eye(self.hidden) * 0.5
            state["pooler.dense.bias"] = torch.zeros(self.hidden)
        if "classifier.weight" not in state:
            state["classifier.weight"], state["classifier.bias"] = torch.randn(1, self.hidden) * 0.02, torch.zeros(1)
        for n in range(self.layers):
            base = f"encoder.layer.{n}.attention.self."
            for end in ("weight", "bias"):
                state[f"{base}qkv.{end}"] = torch.cat([state.pop(f"{base}{x}.{end}") for x in ("query", "key", "value")])
        still = ["embeddings."] + [f"encoder.layer.{n}." for n in range(frozen)]
        self.names = sorted(state)
        for name in self.names:
            self.register_parameter(name.replace(".", "/"), nn.Parameter(state[name], requires_grad=not (frozen and name.startswith(tuple(still)))))

    def part(self, name):
        return self._parameters[name.replace(".", "/")]

    def norm(self, x, name):
        return F.layer_norm(x, (self.hidden,), self.part(f"{name}.weight"), self.part(f"{name}.bias"), 1e-12)

    def linear(self, x, name):
        return F.linear(x, self.part(f"{name}.weight"), self.part(f"{name}.bias"))

    def tokens(self, ids, types, mask, first_only):
        learns = torch.is_grad_enabled()
        with torch.set_grad_enabled(learns and not self.frozen):
            x = F.embedding(ids, self.part("embeddings.word_embeddings.weight"))
            x = x + self.part("embeddings.position_embeddings.weight")[: ids.shape[1]] + F.embedding(types, self.part("embeddings.token_type_embeddings.weight"))
            x = self.norm(x, "embeddings.LayerNorm")
            if torch.is_autocast_enabled("cpu"):
                x = x.to(torch.get_autocast_dtype("cpu"))  # and so all between the layers
        mask = mask[:, None, None, :]
        for n in range(self.layers):
            with torch.set_grad_enabled(learns and n >= self.frozen):
                x = self.layer(x, mask, f"encoder.layer.{n}.", first_only and n + 1 == self.layers)
        return x

    def layer(self, x, mask, base, first_only):
        batch = len(x)
        split = lambda t: t.view(batch, -1, self.heads, self.hidden // self.heads).transpose(1, 2)
        weight, bias = self.part(f"{base}attention.self.qkv.weight"), self.part(f"{base}attention.self.qkv.bias")
        before = x[:, :1] if first_only else x
        q = F.linear(before, weight[: self.hidden], bias[: self.hidden])
        k, v = F.linear(x, weight[self.hidden :], bias[self.hidden :]).split(self.hidden, -1)
        q, k, v = split(q), split(k), split(v)
        if torch.is_grad_enabled() and x.dtype == torch.bfloat16:  # one product after another: half the time of the fused form and its gradient
            scores = (q @ k.transpose(-1, -2)) * (self.hidden // self.heads) ** -0.5
            mixed = scores.masked_fill(~mask, -1e4).softmax(-1) @ v
        else:
            mixed = F.scaled_dot_product_attention(q, k, v, attn_mask=mask)
        mixed = mixed.transpose(1, 2).reshape(batch, -1, self.hidden)
        x = self.norm(before + self.linear(mixed, f"{base}attention.output.dense"), f"{base}attention.output.LayerNorm")
        inner = F.gelu(self.linear(x, f"{base}intermediate.dense"))
        return self.norm(x + self.linear(inner, f"{base}output.dense"), f"{base}output.LayerNorm")

    def logits(self, pairs, most=1600):
        """Logits of (ids, types) pairs, computed in groups of like length."""
        out, places = [], []
        for group in groups(pairs, most):
            ids, types, mask = padded([pairs[i] for i in group])
            first = self.tokens(ids, types, mask, True)[:, 0].float()
            with torch.autocast("cpu", enabled=False):
                pooled = torch.tanh(self.linear(first, "pooler.dense"))
                out.append(self.linear(pooled, "classifier")[:, 0])
            places += group
        back = torch.empty(len(places), dtype=torch.long)
        back[torch.tensor(places)] = torch.arange(len(places))
        return torch.cat(out)[back]

    def vectors(self, texts, most=1600):
        """Mean over the tokens, of length one."""
        out = torch.zeros(len(texts), self.hidden)
        for group in groups(texts, most):
            ids, types, mask = padded([texts[i] for i in group])
            x = self.tokens(ids, types, mask, False)
            out[group] = F.normalize((x * mask[:, :, None]).sum(1) / mask.sum(1, keepdim=True), dim=1)
        return out

    def state(self, values=None):
        """Tensors under transformers' names; `values` replaces trained ones."""
        out = {}
        for name in self.names:
            value = (values or {}).get(name, self.part(name)).detach()
            base = name if name.startswith("classifier") else f"bert.{name}"
            if ".qkv." in base:
                for part, piece in zip(("query", "key", "value"), value.chunk(3)):
                    out[base.replace("qkv", part)] = piece.clone()
            else:
                out[base] = value.clone()
        return out


def groups(sequences, most):
    order = sorted(range(len(sequences)), key=lambda i: len(sequences[i][0]))
    group = []
    for i in order:
        if group and (len(group) + 1) * len(sequences[i][0]) > most:
            yield group
            group = []
        group.append(i)
    if group:
        yield group


def padded(sequences):
    width = max(len(ids) for ids, _ in sequences)
    ids = torch.zeros(len(sequences), width, dtype=torch.long)
    types, mask = torch.zeros_like(ids), torch.zeros(len(sequences), width, dtype=torch.bool)
    for row, (i, t) in enumerate(sequences):
        ids[row, : len(i)], types[row, : len(i)], mask[row, : len(i)] = torch.tensor(i), torch.tensor(t), True
    return ids, types, mask


class Frames:
    """Token ids with the frame of the model's own tokenizer.json, cut as the program cuts."""

    def __init__(self, path):
        self.tokenizer = Tokenizer.from_file(str(path))
        self.tokenizer.no_padding()
        self.tokenizer.no_truncation()
        self.roberta = self.tokenizer.token_to_id("<s>") is not None
        first, last = ("<s>", "</s>") if self.roberta else ("[CLS]", "[SEP]")
        self.first, self.last = self.tokenizer.token_to_id(first), self.tokenizer.token_to_id(last)

    def ids(self, texts):
        return [e.ids for e in self.tokenizer.encode_batch(list(texts), add_special_tokens=False)]

    def pair(self, question, passage, limit):
        question = question[: limit * 3 // 4]
        head = [self.first, *question, self.last]
        middle = [self.last] if self.roberta else []
        passage = passage[: limit - len(head) - len(middle) - 1]
        tail = [*middle, *passage, self.last]
        return head + tail, [0] * len(head) + [1] * len(tail)

    def single(self, ids, limit):
        ids = [self.first, *ids[: limit - 2], self.last]
        return ids, [0] * len(ids)
