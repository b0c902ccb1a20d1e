//! Takes an engine through the cases, and reports what it finds.

use std::collections::HashSet;
use std::time::Duration;

use crate::catalogue::cases;
use crate::engine::Engine;
use crate::member::Outcome;
use crate::report;
use crate::runner::{self, Finding};

/// Whether all went well; what went on for too long, did. What an engine does not finish, it is not
/// asked to do in a larger group. What fails has no row.
pub fn run(engine: &Engine, max_size: u32, limit: Duration) -> Outcome<bool> {
    let mut all_well = true;
    let mut given_up = HashSet::new();
    for case in cases(max_size) {
        let mut wanted = case.operations();
        wanted.retain(|operation| !given_up.contains(&(case.state, *operation)));
        let findings = runner::measure(engine, case, wanted, limit)?;
        for operation in case.operations() {
            match findings.get(&operation) {
                Some(Finding::Took(time)) => report::print(engine, case, operation, Some(*time)),
                Some(Finding::Failed) => all_well = false,
                Some(Finding::DidNotFinish) | None => {
                    given_up.insert((case.state, operation));
                    report::print(engine, case, operation, None);
                }
            }
        }
    }
    Ok(all_well)
}
