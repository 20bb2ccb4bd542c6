//! Models, their downloads and their precision.

use assay_contract as contract;
use assay_contract::{KeyPlace, MirrorRow, ModelObstacle, ModelRole, PullPhase};
use assay_domain::Precision;
use assay_domain::port::Metric;
use assay_models::hosted::KeyWhere;
use assay_models::{Mirror, Obstacle, Phase, Role, open_encoders};

/// Precision of an encoder's linear layers.
pub fn precision(precision: Precision) -> contract::Precision {
    match precision {
        Precision::F32 => contract::Precision::F32,
        Precision::F16 => contract::Precision::F16,
        Precision::Bf16 => contract::Precision::Bf16,
        Precision::Int8 => contract::Precision::Int8,
        Precision::Hosted => contract::Precision::Hosted,
    }
}

/// The precision of an encoder that is open.
pub fn encoder_precision(precision: open_encoders::Precision) -> contract::Precision {
    use open_encoders::Precision;
    match precision {
        // The choice is resolved when the model is opened.
        Precision::Auto | Precision::F32 => contract::Precision::F32,
        Precision::Bf16 => contract::Precision::Bf16,
        Precision::Int8 => contract::Precision::Int8,
    }
}

/// What a model is for.
pub fn role(role: Role) -> ModelRole {
    match role {
        Role::Embedder => ModelRole::Embedder,
        Role::Reranker => ModelRole::Reranker,
        Role::Writer => ModelRole::Writer,
    }
}

/// Why a model is not offered for download.
pub fn obstacle(obstacle: Obstacle) -> ModelObstacle {
    match obstacle {
        Obstacle::Family => ModelObstacle::Family,
        Obstacle::Pickle => ModelObstacle::Pickle,
    }
}

/// How a bi-encoder's vectors are compared.
pub fn metric(metric: Metric) -> contract::Metric {
    match metric {
        Metric::Cosine => contract::Metric::Cosine,
        Metric::Dot => contract::Metric::Dot,
    }
}

/// A mirror of the hub.
pub fn mirror(mirror: &Mirror) -> MirrorRow {
    MirrorRow { name: mirror.name.clone(), address: mirror.address.clone() }
}

/// The phase of a download.
pub fn phase(phase: Phase) -> PullPhase {
    match phase {
        Phase::Asking => PullPhase::Asking,
        Phase::Fetching => PullPhase::Fetching,
        Phase::Checking => PullPhase::Checking,
    }
}

/// Where the key of a hosted reranker is kept.
pub fn key_place(place: Option<KeyWhere>) -> KeyPlace {
    match place {
        Some(KeyWhere::Environment) => KeyPlace::Environment,
        Some(KeyWhere::Store) => KeyPlace::Store,
        None => KeyPlace::None,
    }
}
