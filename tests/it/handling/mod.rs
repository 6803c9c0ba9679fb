//! How a request is handled, as operators, sellers and buyers go about it.

mod beginning;
mod charter;
mod deadlines;
mod one_case;
mod settling;
mod splitting;
