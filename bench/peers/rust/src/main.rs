//! Times other implementations of MLS at the operations of conclave_bench, one JSON object a line.
//!
//! The program starts itself again for every case (see `runner`), so that one that takes too long
//! can be ended.

mod catalogue;
mod engine;
mod member;
mod mls_rs_member;
mod openmls_member;
mod openmls_storage;
mod report;
mod runner;
mod scenario;
mod survey;
mod timing;

use std::process::ExitCode;
use std::time::Duration;

use engine::{ENGINES, Engine};
use member::Outcome;

const USAGE: &str = "usage: conclave-peers [--peer PEER] [--max-n N] [--seconds-per-case S]
  --peer              openmls or mls-rs; both if left out
  --max-n             the size of the largest group (100000)
  --seconds-per-case  what an operation may take, and the set-up of its group (60)";

struct Options {
    peer: Option<String>,
    max_size: u32,
    limit: Duration,
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let done = match arguments.split_first() {
        Some((first, rest)) if first == runner::CHILD => runner::child(rest),
        _ => parse(&arguments).and_then(|options| run(&options)),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("conclave-peers: {error}");
            ExitCode::FAILURE
        }
    }
}

fn parse(arguments: &[String]) -> Outcome<Options> {
    let mut options = Options {
        peer: None,
        max_size: 100_000,
        limit: Duration::from_secs(60),
    };
    for pair in arguments.chunks(2) {
        match pair {
            [name, value] if name == "--peer" => options.peer = Some(value.clone()),
            [name, value] if name == "--max-n" => options.max_size = value.parse()?,
            [name, value] if name == "--seconds-per-case" => {
                options.limit = Duration::try_from_secs_f64(value.parse()?)?;
            }
            _ => return Err(USAGE.into()),
        }
    }
    Ok(options)
}

fn run(options: &Options) -> Outcome<()> {
    let wanted = |engine: &&Engine| {
        options
            .peer
            .as_deref()
            .is_none_or(|peer| peer == engine.peer)
    };
    let engines: Vec<&Engine> = ENGINES.iter().filter(wanted).collect();
    if engines.is_empty() {
        return Err(USAGE.into());
    }
    let mut all_well = true;
    for engine in engines {
        all_well &= survey::run(engine, options.max_size, options.limit)?;
    }
    if !all_well {
        return Err("an operation failed; see above".into());
    }
    Ok(())
}
