//! Conversions from domain and engine types to contract types, the same for every front end. Every
//! closed set is converted by an exhaustive `match`: a new member does not compile until it has a
//! string in the contract.

pub mod problem;
pub mod document;
pub mod ingest;
pub mod queue;
pub mod library;
pub mod candidate;
pub mod scope;
pub mod stage;
pub mod answer;
pub mod turn;
pub mod event;
pub mod why;
pub mod model;
pub mod judgement;
pub mod remote;
