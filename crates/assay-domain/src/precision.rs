//! The arithmetic that a score was computed in.

/// Precision of an encoder's linear layers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Precision {
    /// Single precision.
    F32,
    /// Half precision, on a graphics card.
    F16,
    /// bfloat16 products with sums in f32.
    Bf16,
    /// 8-bit integer products.
    Int8,
    /// Chosen by the server of a hosted model, which does not state it.
    Hosted,
}

/// Each precision with its name in JSON, in cache keys and between processes.
const NAMES: [(Precision, &str); 5] = [
    (Precision::F32, "f32"),
    (Precision::F16, "f16"),
    (Precision::Bf16, "bf16"),
    (Precision::Int8, "int8"),
    (Precision::Hosted, "as the host computes it"),
];

impl Precision {
    /// Its name, which is part of the key of kept scores.
    pub fn as_str(self) -> &'static str {
        NAMES.iter().find(|(precision, _)| *precision == self).map_or("f32", |(_, name)| name)
    }

    /// The precision of a name, if there is one.
    pub fn parse(name: &str) -> Option<Self> {
        NAMES.iter().find(|(_, known)| *known == name).map(|(precision, _)| *precision)
    }
}

#[cfg(test)]
mod tests {
    use super::{NAMES, Precision};

    #[test]
    fn every_precision_has_a_name_of_its_own() {
        for (precision, name) in NAMES {
            assert_eq!((precision.as_str(), Precision::parse(name)), (name, Some(precision)));
        }
        assert_eq!(Precision::parse("f64"), None);
    }
}
