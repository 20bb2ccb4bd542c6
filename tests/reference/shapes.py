"""Configurations in the layout of hub folders, small or in full size, and seeded weights."""

import json

import torch
from safetensors.torch import save_file
from transformers import AutoConfig, AutoModel, AutoModelForCausalLM, AutoModelForSequenceClassification
from transformers import T5ForConditionalGeneration

import vocabularies

# Width, layers, heads, feed-forward part.
SIZES = {"tiny": (64, 3, 4, 128), "base": (768, 12, 12, 3072), "large": (1024, 24, 16, 4096)}

CLASSIFIER = {"id2label": {"0": "LABEL_0"}, "label2id": {"LABEL_0": 0}}


def bert(architecture, vocabulary, size, **more):
    hidden, layers, heads, wide = SIZES[size]
    return {
        "architectures": [architecture], "model_type": "bert", "vocab_size": vocabulary, "hidden_size": hidden,
        "num_hidden_layers": layers, "num_attention_heads": heads, "intermediate_size": wide, "hidden_act": "gelu",
        "max_position_embeddings": 192 if size == "tiny" else 512, "type_vocab_size": 2, "layer_norm_eps": 1e-12,
        "pad_token_id": 0, "position_embedding_type": "absolute", **more,
    }


def xlm_roberta(architecture, vocabulary, size, **more):
    config = bert(architecture, vocabulary, size, **more)
    positions = 194 if size == "tiny" else 514
    return config | {
        "model_type": "xlm-roberta", "max_position_embeddings": positions, "type_vocab_size": 1,
        "layer_norm_eps": 1e-5, "pad_token_id": 1, "bos_token_id": 0, "eos_token_id": 2,
    }


def distilbert(architecture, vocabulary, size, **more):
    hidden, layers, heads, wide = SIZES[size]
    return {
        "architectures": [architecture], "model_type": "distilbert", "vocab_size": vocabulary, "dim": hidden,
        "n_layers": layers, "n_heads": heads, "hidden_dim": wide, "activation": "gelu", "pad_token_id": 0,
        "max_position_embeddings": 192 if size == "tiny" else 512, "sinusoidal_pos_embds": False, **more,
    }


def modern_bert(architecture, vocabulary, size, **more):
    hidden, layers, heads, wide = SIZES[size]
    return {
        "architectures": [architecture], "model_type": "modernbert", "vocab_size": vocabulary, "hidden_size": hidden,
        "num_hidden_layers": layers + 1 if size == "tiny" else layers, "num_attention_heads": heads,
        "intermediate_size": wide, "hidden_activation": "gelu", "max_position_embeddings": 512, "norm_eps": 1e-5,
        "layer_norm_eps": 1e-5, "norm_bias": False, "attention_bias": False, "mlp_bias": False, "pad_token_id": 3,
        "cls_token_id": 1, "sep_token_id": 2, "bos_token_id": 1, "eos_token_id": 2, "global_attn_every_n_layers": 3,
        "local_attention": 16 if size == "tiny" else 128, "global_rope_theta": 160000.0, "local_rope_theta": 10000.0,
        "classifier_pooling": "mean", "classifier_bias": False, "classifier_activation": "gelu", **more,
    }


def deberta(architecture, vocabulary, size, **more):
    hidden, layers, heads, wide = SIZES[size]
    return {
        "architectures": [architecture], "model_type": "deberta-v2", "vocab_size": vocabulary, "hidden_size": hidden,
        "num_hidden_layers": layers, "num_attention_heads": heads, "intermediate_size": wide, "hidden_act": "gelu",
        "hidden_dropout_prob": 0.1, "attention_probs_dropout_prob": 0.1, "initializer_range": 0.02,
        "max_position_embeddings": 512, "type_vocab_size": 0, "layer_norm_eps": 1e-7, "pad_token_id": 0,
        "relative_attention": True, "position_buckets": 16 if size == "tiny" else 256, "norm_rel_ebd": "layer_norm",
        "share_att_key": True, "pos_att_type": "p2c|c2p", "max_relative_positions": -1, "position_biased_input": False,
        "pooler_dropout": 0, "pooler_hidden_act": "gelu", "pooler_hidden_size": hidden, **more,
    }


def gemma(architecture, vocabulary, size, **more):
    hidden, layers, heads, wide = SIZES[size]
    # The configuration of the first releases says `gelu` and means its tanh approximation.
    return {
        "architectures": [architecture], "model_type": "gemma", "vocab_size": vocabulary, "hidden_size": hidden,
        "num_hidden_layers": layers, "num_attention_heads": heads, "num_key_value_heads": 1,
        "head_dim": hidden // heads * 2, "intermediate_size": wide, "hidden_act": "gelu", "attention_bias": False,
        "max_position_embeddings": 8192, "rms_norm_eps": 1e-6, "rope_theta": 10000.0, "bos_token_id": 2,
        "eos_token_id": 1, "pad_token_id": 0, "tie_word_embeddings": True, **more,
    }


def qwen(architecture, vocabulary, size, **more):
    """Qwen3, whose heads are wider than their share of the width and are normalised."""
    hidden, layers, heads, wide = SIZES[size]
    return {
        "architectures": [architecture], "model_type": "qwen3", "vocab_size": vocabulary, "hidden_size": hidden,
        "num_hidden_layers": layers, "num_attention_heads": heads, "num_key_value_heads": heads // 2,
        "head_dim": hidden // heads * 2, "intermediate_size": wide, "hidden_act": "silu", "attention_bias": False,
        "max_position_embeddings": 2048, "rms_norm_eps": 1e-6, "rope_theta": 1000000, "rope_scaling": None,
        "use_sliding_window": False, "sliding_window": None, "max_window_layers": layers, "bos_token_id": 0,
        "eos_token_id": 0, "tie_word_embeddings": True, **more,
    }


def t5(architecture, vocabulary, size, **more):
    hidden, layers, heads, wide = SIZES[size]
    return {
        "architectures": [architecture], "model_type": "t5", "vocab_size": vocabulary, "d_model": hidden,
        "d_kv": hidden // heads, "d_ff": wide, "num_layers": layers, "num_decoder_layers": layers, "num_heads": heads,
        "relative_attention_num_buckets": 32, "relative_attention_max_distance": 128, "dropout_rate": 0.1,
        "layer_norm_epsilon": 1e-6, "initializer_factor": 1.0, "feed_forward_proj": "relu", "is_encoder_decoder": True,
        "use_cache": True, "pad_token_id": 0, "eos_token_id": 1, "decoder_start_token_id": 0, **more,
    }


def write_folder(folder, config, tokenizer, limit, special):
    """Writes config.json, tokenizer.json and tokenizer_config.json."""
    folder.mkdir(parents=True, exist_ok=True)
    write(folder / "config.json", config)
    tokenizer.save(str(folder / "tokenizer.json"), pretty=False)
    write(
        folder / "tokenizer_config.json",
        {"tokenizer_class": "PreTrainedTokenizerFast", "model_max_length": limit, **special},
    )


def write(path, value):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def build(folder, seed, half=True):
    """A model from the folder's configuration with seeded weights, rounded to the stored precision."""
    torch.manual_seed(seed)
    config = AutoConfig.from_pretrained(folder)
    architecture = json.loads((folder / "config.json").read_text())["architectures"][0]
    if architecture.endswith("ForSequenceClassification"):
        model = AutoModelForSequenceClassification.from_config(config, attn_implementation="eager")
    elif architecture.endswith("ForCausalLM"):
        model = AutoModelForCausalLM.from_config(config, attn_implementation="eager")
    elif architecture.startswith("T5"):
        model = T5ForConditionalGeneration(config)
    else:
        model = AutoModel.from_config(config, attn_implementation="eager")
    model = model.float().eval()
    randomise(model, seed, architecture, config)
    round_to(model, half)
    return model


def randomise(model, seed, architecture, config):
    """Weights wide enough that attention is not flat and norms are not the identity."""
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            noise = torch.randn(parameter.shape, generator=generator)
            norm = "norm" in name.lower() and name.endswith("weight") and parameter.dim() == 1
            if norm:
                parameter.copy_(0.1 * noise + (0 if architecture.startswith("Gemma") else 1))
            elif parameter.dim() == 1:
                parameter.copy_(0.1 * noise)
            elif "embed" in name or "shared" in name or "relative_attention_bias" in name:
                parameter.copy_(0.5 * noise)
            elif architecture.startswith("T5") and name.endswith("Attention.q.weight"):
                parameter.copy_(noise * 1.6 / (parameter.shape[1] * config.d_kv) ** 0.5)
            else:
                parameter.copy_(noise * 1.6 / parameter.shape[1] ** 0.5)


def round_to(model, kind):
    """Only the weights: rotary tables are not weights and stay exact."""
    if kind:
        with torch.no_grad():
            for parameter in model.parameters():
                parameter.copy_(parameter.to(torch.float16 if kind is True else kind).float())


def save(model, folder, half=True, shards=1, extra=None):
    """Writes `model.safetensors`, or several files with an index."""
    tied = set(getattr(model, "_tied_weights_keys", None) or []) if model.config.tie_word_embeddings else set()
    kind = torch.float16 if half is True else half or torch.float32
    tensors = {
        name: value.to(kind).contiguous().clone()
        for name, value in {**model.state_dict(), **(extra or {})}.items()
        if name not in tied and not name.endswith(("position_ids", "token_type_ids"))
    }
    if shards == 1:
        save_file(tensors, folder / "model.safetensors", metadata={"format": "pt"})
        return
    names = sorted(tensors)
    places = {name: f"model-{n * shards // len(names) + 1:05}-of-{shards:05}.safetensors" for n, name in enumerate(names)}
    for file in sorted(set(places.values())):
        save_file({name: tensors[name] for name in names if places[name] == file}, folder / file, metadata={"format": "pt"})
    total = sum(value.numel() * value.element_size() for value in tensors.values())
    write(folder / "model.safetensors.index.json", {"metadata": {"total_size": total}, "weight_map": places})


SPECIAL = {
    "bert": {"cls_token": "[CLS]", "sep_token": "[SEP]", "pad_token": "[PAD]", "unk_token": "[UNK]", "mask_token": "[MASK]"},
    "xlm_roberta": {"bos_token": "<s>", "cls_token": "<s>", "eos_token": "</s>", "sep_token": "</s>",
                    "pad_token": "<pad>", "unk_token": "<unk>", "mask_token": "<mask>"},
    "gemma": {"bos_token": "<bos>", "eos_token": "<eos>", "pad_token": "<pad>", "unk_token": "<unk>"},
    "qwen": {"eos_token": "<|endoftext|>", "pad_token": "<|endoftext|>"},
    "t5": {"eos_token": "</s>", "pad_token": "<pad>", "unk_token": "<unk>"},
}
SPECIAL |= {"deberta": SPECIAL["bert"], "modern_bert": SPECIAL["bert"], "distilbert": SPECIAL["bert"]}


def tokenizer_of(family, size=700):
    """The small tokenizer of a family."""
    return {"bert": vocabularies.bert, "distilbert": vocabularies.bert, "xlm_roberta": vocabularies.xlm_roberta,
            "deberta": vocabularies.deberta, "modern_bert": vocabularies.modern_bert, "gemma": vocabularies.gemma,
            "t5": vocabularies.t5}[family](size)
