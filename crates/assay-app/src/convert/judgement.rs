//! Judgements, proposed questions and measurements.

use assay_contract as contract;
use assay_contract::{BandRow, CutPoint, Interval, LabelRow, OrderName, OrderRow, ProposalSource};
use assay_library::{Label, LabelOrigin};
use assay_pipeline::evaluation::{CalibrationBin, ThresholdPoint};
use assay_pipeline::metrics;
use assay_pipeline::propose::ProposedFrom;
use assay_pipeline::quality::{Order, OrderQuality};

/// A kept judgement.
pub fn label(label: Label) -> LabelRow {
    let origin = match label.origin {
        LabelOrigin::Marked => contract::LabelOrigin::Marked,
        LabelOrigin::Imported => contract::LabelOrigin::Imported,
        LabelOrigin::Proposed => contract::LabelOrigin::Proposed,
    };
    LabelRow {
        id: label.id,
        question: label.question,
        passage: label.passage,
        name: label.name,
        page: label.page,
        grade: label.grade,
        origin,
    }
}

/// What a question was made from.
pub fn proposal_source(from: ProposedFrom) -> ProposalSource {
    match from {
        ProposedFrom::Definition => ProposalSource::Definition,
        ProposedFrom::Label => ProposalSource::Label,
        ProposedFrom::Heading => ProposalSource::Heading,
    }
}

/// The name of an order.
pub fn order_name(order: Order) -> OrderName {
    match order {
        Order::Vector => OrderName::Vector,
        Order::Lexical => OrderName::Lexical,
        Order::Hybrid => OrderName::Hybrid,
        Order::Reranked => OrderName::Reranked,
        Order::Blended => OrderName::Blended,
        Order::Hypothetical => OrderName::Hypothetical,
        Order::Variants => OrderName::Variants,
        Order::Drafted => OrderName::Drafted,
        Order::DraftedReranked => OrderName::DraftedReranked,
        Order::Given => OrderName::Given,
    }
}

/// A mean with its interval.
pub fn interval(interval: metrics::Interval) -> Interval {
    Interval { mean: interval.mean, low: interval.low, high: interval.high }
}

/// Quality and time of one order.
pub fn order_row(quality: &OrderQuality) -> OrderRow {
    OrderRow {
        name: order_name(quality.order),
        ndcg: interval(quality.ndcg),
        mrr: interval(quality.mrr),
        recall: interval(quality.recall),
        p50: quality.median_ms,
        p95: quality.p95_ms,
    }
}

/// Precision and recall of a threshold.
pub fn cut_point(point: &ThresholdPoint) -> CutPoint {
    CutPoint { cut: point.at, precision: point.precision, recall: point.recall }
}

/// How often passages of one band of the sigmoid were relevant.
pub fn band_row(band: CalibrationBin) -> BandRow {
    BandRow { from: band.from, mean: band.mean, passages: band.passages, relevant: interval(band.relevant) }
}
