"""Small tokenizers of each family, trained on the texts of the tests."""

from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers

from texts import corpus

QWEN = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]

PROMPT = (
    "Given a query A and a passage B, determine whether the passage contains an answer to the query by providing "
    "a prediction of either 'Yes' or 'No'."
)


def bert(size):
    """WordPiece in lower case, `[CLS] q [SEP] d [SEP]` with types 0 and 1."""
    specials = ["[PAD]", "[unused0]", "[unused1]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    letters = [symbol for symbol in "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"]
    trainer = trainers.WordPieceTrainer(vocab_size=size, special_tokens=specials, initial_alphabet=letters)
    tokenizer.train_from_iterator(corpus(), trainer)
    tokenizer.post_processor = template(tokenizer, "[CLS]:0 $A:0 [SEP]:0", "[CLS]:0 $A:0 [SEP]:0 $B:1 [SEP]:1")
    return tokenizer


def xlm_roberta(size):
    """Unigram, `<s> q </s></s> d </s>`."""
    tokenizer = unigram(size, ["<s>", "<pad>", "</s>", "<unk>", "<mask>"], "<unk>")
    tokenizer.post_processor = template(tokenizer, "<s> $A </s>", "<s> $A </s> </s> $B </s>")
    return tokenizer


def deberta(size):
    """Unigram, `[CLS] q [SEP] d [SEP]`."""
    tokenizer = unigram(size, ["[PAD]", "[CLS]", "[SEP]", "[UNK]", "[MASK]"], "[UNK]")
    tokenizer.post_processor = template(tokenizer, "[CLS]:0 $A:0 [SEP]:0", "[CLS]:0 $A:0 [SEP]:0 $B:1 [SEP]:1")
    return tokenizer


def t5(size):
    """Unigram, one text and `</s>`; `true` and `false` are tokens."""
    extra = ["Query: Document: Relevant:"] * 20
    tokenizer = unigram(size, ["<pad>", "</s>", "<unk>", "▁false", "▁true"], "<unk>", extra)
    tokenizer.post_processor = template(tokenizer, "$A </s>", "$A </s> $B </s>")
    return tokenizer


def modern_bert(size):
    """BPE over bytes, `[CLS] q [SEP] d [SEP]` without types."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    specials = ["[UNK]", "[CLS]", "[SEP]", "[PAD]", "[MASK]"]
    tokenizer.train_from_iterator(
        corpus(), trainers.BpeTrainer(vocab_size=size, special_tokens=specials, initial_alphabet=alphabet)
    )
    tokenizer.post_processor = template(tokenizer, "[CLS] $A [SEP]", "[CLS] $A [SEP] $B [SEP]")
    return tokenizer


def qwen(size, extra=(), closed=False):
    """BPE over bytes. Of the models, the embedder closes a text with `<|endoftext|>`; the prompts of the others do without."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.normalizer = normalizers.NFC()
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    trainer = trainers.BpeTrainer(vocab_size=size, special_tokens=QWEN, initial_alphabet=alphabet)
    tokenizer.train_from_iterator(corpus() + list(extra) * 3, trainer)
    if closed:
        tokenizer.post_processor = template(tokenizer, "$A <|endoftext|>", "$A <|endoftext|> $B <|endoftext|>")
    else:
        tokenizer.post_processor = processors.ByteLevel(trim_offsets=False)
    return tokenizer


def gemma(size):
    """BPE with bytes to fall back on, `<bos>` before a text."""
    tokenizer = Tokenizer(models.BPE(byte_fallback=True, fuse_unk=True, unk_token="<unk>"))
    tokenizer.normalizer = normalizers.Replace(" ", "▁")
    tokenizer.pre_tokenizer = pre_tokenizers.Split(Regex("▁"), "merged_with_next")
    specials = ["<pad>", "<eos>", "<bos>", "<unk>"] + [f"<0x{byte:02X}>" for byte in range(256)]
    texts = corpus() + ["A: ", "B: ", "\n", PROMPT, "Yes", "Yes No"] * 5
    tokenizer.train_from_iterator(texts, trainers.BpeTrainer(vocab_size=size, special_tokens=specials))
    tokenizer.post_processor = template(tokenizer, "<bos> $A", "<bos> $A <bos> $B")
    return tokenizer


def unigram(size, specials, unknown, extra=()):
    tokenizer = Tokenizer(models.Unigram())
    tokenizer.normalizer = normalizers.Sequence([normalizers.NFKC(), normalizers.Replace(Regex(" {2,}"), " ")])
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="always")
    trainer = trainers.UnigramTrainer(vocab_size=size, special_tokens=specials, unk_token=unknown)
    tokenizer.train_from_iterator(corpus() + list(extra), trainer)
    return tokenizer


def template(tokenizer, single, pair):
    names = {part.split(":")[0] for part in pair.split() if not part.startswith("$")}
    special = [(name, tokenizer.token_to_id(name)) for name in sorted(names)]
    tokenizer.add_special_tokens([AddedToken(name, special=True, normalized=False) for name in sorted(names)])
    return processors.TemplateProcessing(single=single, pair=pair, special_tokens=special)
