//! Names of tensors.

/// The name of the scales of a matrix in 8 bits.
pub(super) fn scale_of(name: &str) -> String {
    format!("{name}_scale")
}

/// The name of its zero points.
pub(super) fn zero_point_of(name: &str) -> String {
    format!("{name}_zero_point")
}

/// The table of token types, which DistilBERT lacks.
pub(super) const TYPES: &str = "embeddings.token_type_embeddings.weight";

/// DistilBERT's name of a tensor of BERT (transformers `modeling_distilbert.py`). It has no token types, so
/// their table is read as zeros.
pub(super) fn in_distil_bert(name: &str) -> String {
    const NAMES: [(&str, &str); 9] = [
        ("encoder.layer.", "transformer.layer."),
        ("attention.self.query", "attention.q_lin"),
        ("attention.self.key", "attention.k_lin"),
        ("attention.self.value", "attention.v_lin"),
        ("attention.output.dense", "attention.out_lin"),
        ("attention.output.LayerNorm", "sa_layer_norm"),
        ("intermediate.dense", "ffn.lin1"),
        ("output.dense", "ffn.lin2"),
        ("output.LayerNorm", "output_layer_norm"),
    ];
    NAMES.iter().fold(name.to_string(), |name, (bert, distil)| name.replace(bert, distil))
}
