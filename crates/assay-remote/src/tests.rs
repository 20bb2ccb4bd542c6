mod stage;
mod races;
mod crashes;
mod mirrors;
mod stores;
