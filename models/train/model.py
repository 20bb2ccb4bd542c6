"""The cross-encoder: a BERT of MiniLM's shape with one logit, written for short training steps on a processor.

Parameters are those of transformers' BertForSequenceClassification and are exported under its names; the forward pass
differs only in how the work is laid out: queries, keys and values in one product, and the last layer computed for the
first token alone, since nothing reads the others.
"""

from pathlib import Path

import torch
import torch.nn.functional as F
from safetensors.torch import load_file
from tokenizers import Tokenizer
from torch import nn
from transformers import BertConfig, BertForSequenceClassification

MAX_LENGTH = 512


def config(vocab_size):
    return BertConfig(vocab_size=vocab_size, hidden_size=384, num_hidden_layers=6, num_attention_heads=12, intermediate_size=1536,
                      max_position_embeddings=MAX_LENGTH, hidden_act="gelu", layer_norm_eps=1e-12, pad_token_id=0, num_labels=1)


class CrossEncoder(nn.Module):
    """`base_rows` embedding rows stay as they are in the base model; the rows after them are trained."""

    def __init__(self, vocab_size, base_rows):
        super().__init__()
        self.bert = BertForSequenceClassification(config(vocab_size))
        self.base_rows = base_rows
        table = self.bert.bert.embeddings.word_embeddings
        self.new_rows = nn.Parameter(torch.zeros(vocab_size - base_rows, table.weight.shape[1]))
        table.weight.requires_grad_(False)

    @classmethod
    def start(cls, base, new_rows, seed):
        """Base weights, prepared rows, a fresh classifier."""
        torch.manual_seed(seed)
        weights = load_file(Path(base) / "model.safetensors")
        weights = {("bert." + k if not k.startswith("bert.") else k): v.float() for k, v in weights.items() if not k.endswith("position_ids")}
        old = weights["bert.embeddings.word_embeddings.weight"]
        model = cls(len(old) + len(new_rows), len(old))
        weights["bert.embeddings.word_embeddings.weight"] = torch.cat([old, torch.zeros(len(new_rows), old.shape[1])])
        missing, unexpected = model.bert.load_state_dict(weights, strict=False)
        assert set(missing) <= {"classifier.weight", "classifier.bias"} and not unexpected, (missing, unexpected)
        with torch.no_grad():
            model.new_rows.copy_(torch.as_tensor(new_rows))
        return model

    def embed(self, ids, types):
        parts = self.bert.bert.embeddings
        fresh = ids >= self.base_rows
        words = F.embedding(ids, parts.word_embeddings.weight)
        words = words + F.embedding((ids - self.base_rows).clamp(min=0), self.new_rows) * fresh[:, :, None]
        positions = parts.position_embeddings.weight[: ids.shape[1]]
        return parts.LayerNorm(words + positions + F.embedding(types, parts.token_type_embeddings.weight))

    def layer(self, part, x, mask, first_only):
        batch, length, width = x.shape
        heads = self.bert.config.num_attention_heads
        a = part.attention.self
        split = lambda t: t.view(batch, -1, heads, width // heads).transpose(1, 2)
        if first_only:
            residual = x[:, :1]
            q = split(F.linear(residual, a.query.weight, a.query.bias))
            kv = F.linear(x, torch.cat([a.key.weight, a.value.weight]), torch.cat([a.key.bias, a.value.bias]))
            k, v = (split(t) for t in kv.split(width, -1))
        else:
            residual = x
            qkv = F.linear(x, torch.cat([a.query.weight, a.key.weight, a.value.weight]), torch.cat([a.query.bias, a.key.bias, a.value.bias]))
            q, k, v = (split(t) for t in qkv.split(width, -1))
        mixed = F.scaled_dot_product_attention(q, k, v, attn_mask=mask).transpose(1, 2).reshape(batch, -1, width)
        x = part.attention.output.LayerNorm(part.attention.output.dense(mixed) + residual)
        return part.output.LayerNorm(part.output.dense(F.gelu(part.intermediate.dense(x))) + x)

    def forward(self, ids, types, mask):
        x = self.embed(ids, types)
        mask = mask[:, None, None, :]
        layers = self.bert.bert.encoder.layer
        for number, part in enumerate(layers):
            x = self.layer(part, x, mask, number + 1 == len(layers))
        pooled = torch.tanh(self.bert.bert.pooler.dense(x[:, 0]))
        return F.linear(pooled.float(), self.bert.classifier.weight, self.bert.classifier.bias)[:, 0]

    def state(self):
        """Tensors under transformers' names, with the new rows in their place."""
        out = {k: v.detach().clone() for k, v in self.bert.state_dict().items() if not k.endswith("position_ids")}
        out["bert.embeddings.word_embeddings.weight"][self.base_rows :] = self.new_rows.detach()
        return out

    def load(self, state):
        self.bert.load_state_dict(state)
        table = self.bert.bert.embeddings.word_embeddings.weight
        with torch.no_grad():
            self.new_rows.copy_(table[self.base_rows :])
            table[self.base_rows :] = 0


class Pairs:
    """Pair encoding: `[CLS] question [SEP] passage [SEP]`, types 0 and 1; only the passage is cut, the question kept
    whole up to three quarters of the length."""

    def __init__(self, path):
        self.tokenizer = Tokenizer.from_file(str(path))
        self.tokenizer.no_padding()
        self.tokenizer.no_truncation()
        self.cls, self.sep = self.tokenizer.token_to_id("[CLS]"), self.tokenizer.token_to_id("[SEP]")

    def ids(self, texts):
        return [e.ids for e in self.tokenizer.encode_batch(list(texts), add_special_tokens=False)]

    def join(self, query, passage, limit=MAX_LENGTH):
        query = query[: limit * 3 // 4]
        passage = passage[: limit - len(query) - 3]
        ids = [self.cls] + query + [self.sep] + passage + [self.sep]
        return ids, [0] * (len(query) + 2) + [1] * (len(passage) + 1)


def batches(pairs, tokens):
    """Index groups of similar length, each of at most `tokens` padded tokens."""
    order = sorted(range(len(pairs)), key=lambda i: len(pairs[i][0]))
    group = []
    for i in order:
        if group and (len(group) + 1) * len(pairs[i][0]) > tokens:
            yield group
            group = []
        group.append(i)
    if group:
        yield group


def padded(pairs):
    width = max(len(ids) for ids, _ in pairs)
    ids = torch.zeros(len(pairs), width, dtype=torch.long)
    types, mask = torch.zeros_like(ids), torch.zeros(len(pairs), width, dtype=torch.bool)
    for row, (i, t) in enumerate(pairs):
        ids[row, : len(i)], types[row, : len(i)], mask[row, : len(i)] = torch.tensor(i), torch.tensor(t), True
    return ids, types, mask


@torch.no_grad()
def score(model, pairs, tokens=2000):
    """Logits of many pairs."""
    out = torch.zeros(len(pairs))
    for group in batches(pairs, tokens):
        out[group] = model(*padded([pairs[i] for i in group]))
    return out


def read_model(path, base_rows=None):
    """A model from exported weights, for scoring; `base_rows` only matters for further training."""
    state = {k: v.float() for k, v in load_file(path).items()}
    rows = len(state["bert.embeddings.word_embeddings.weight"])
    model = CrossEncoder(rows, base_rows or rows - 1)
    model.load(state)
    return model.eval()
