//! What is printed: one JSON object a line.

use std::time::Duration;

use crate::catalogue::{Case, Operation};
use crate::engine::Engine;

/// Prints a row; without a time, the operation did not finish. No name in it needs escaping.
pub fn print(engine: &Engine, case: Case, operation: Operation, time: Option<Duration>) {
    let outcome = match time {
        Some(time) => format!("\"seconds\":{:.9}", time.as_secs_f64()),
        None => "\"did_not_finish\":true".to_string(),
    };
    println!(
        "{{\"peer\":\"{}\",\"version\":\"{}\",\"provider\":\"{}\",\"operation\":\"{operation}\",\
         \"suite\":1,\"state\":\"{}\",\"n\":{},{outcome}}}",
        engine.peer,
        engine.version(),
        engine.provider,
        case.state,
        case.size,
    );
}
