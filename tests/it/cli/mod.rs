//! The command line as its users meet it: the real binary, in a folder of its own.

mod commands;
mod doctor;
mod mistakes;
mod secrets;
mod serving;
mod shell;

pub(crate) use shell::signal;
