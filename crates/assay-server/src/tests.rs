//! Tests of the interface: the guard and the forms as tables, and a server in this process.

mod wire;
mod guards;
mod listening;
mod forms;
mod serving;
mod described;
mod changing;
mod hostile;
mod closing;
