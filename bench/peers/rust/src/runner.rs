//! Runs a case in a process of its own, and ends it when it takes too long.
//!
//! The child prints a line as it begins to time an operation, and one with the time as it ends;
//! what it does in between is set-up. Each operation may take the time limit, and so may all of the
//! set-up together. After an operation that takes longer, another child goes on with the rest; if
//! the set-up takes longer, nothing that is left can finish.

use std::collections::HashMap;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

use crate::catalogue::{Case, Operation, State};
use crate::engine::{ENGINES, Engine};
use crate::member::Outcome;
use crate::timing::Samples;

/// The first argument of a child.
pub const CHILD: &str = "--child";

/// What came of the wish to time an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Finding {
    Took(Duration),
    DidNotFinish,
    Failed,
}

pub type Findings = HashMap<Operation, Finding>;

/// The child's side: times what is wanted, and says so.
pub struct Announcer {
    wanted: Vec<Operation>,
}

impl Announcer {
    pub fn measure(
        &self,
        operation: Operation,
        take: impl FnOnce(&mut Samples) -> Outcome<()>,
    ) -> Outcome<()> {
        if !self.wanted.contains(&operation) {
            return Ok(());
        }
        println!("begin {operation}");
        let mut samples = Samples::new();
        take(&mut samples)?;
        let median = samples.median().ok_or("no sample was taken")?;
        println!("end {}", median.as_nanos());
        Ok(())
    }
}

/// The main function of a child.
pub fn child(arguments: &[String]) -> Outcome<()> {
    let [peer, provider, state, size, wanted @ ..] = arguments else {
        return Err("a child needs a case".into());
    };
    let engine = ENGINES
        .iter()
        .find(|engine| engine.peer == peer && engine.provider == provider)
        .ok_or("unknown engine")?;
    let case = Case {
        state: State::from_name(state).ok_or("unknown state")?,
        size: size.parse()?,
    };
    let wanted: Option<Vec<_>> = wanted.iter().map(|it| Operation::from_name(it)).collect();
    let wanted = wanted.ok_or("unknown operation")?;
    (engine.run)(case, &Announcer { wanted })
}

/// How a child's run came to its end.
enum End {
    Exited,
    SetUpTooLong,
    TooLong(Operation),
}

/// The parent's side: times the operations wanted, in as many children as it takes.
pub fn measure(
    engine: &Engine,
    case: Case,
    mut wanted: Vec<Operation>,
    limit: Duration,
) -> Outcome<Findings> {
    let mut findings = Findings::new();
    while !wanted.is_empty() {
        let what = format!("{} {} {case}", engine.peer, engine.provider);
        let mut child = start(engine, case, &wanted)?;
        let lines = lines_of(&mut child)?;
        let end = follow(&lines, &what, limit, &mut findings);
        wanted.retain(|operation| !findings.contains_key(operation));
        let rest = match end {
            End::Exited => {
                let status = child.wait()?;
                if !wanted.is_empty() {
                    eprintln!("{what}: {} left as it ended, {status}", wanted.len());
                }
                match status.code() {
                    Some(_) => Finding::Failed,
                    None => Finding::DidNotFinish,
                }
            }
            // The set-up of all others makes the same commit.
            End::SetUpTooLong | End::TooLong(Operation::BulkAdd) => {
                stop(child)?;
                Finding::DidNotFinish
            }
            End::TooLong(operation) => {
                stop(child)?;
                findings.insert(operation, Finding::DidNotFinish);
                wanted.retain(|other| *other != operation);
                continue;
            }
        };
        findings.extend(wanted.drain(..).map(|operation| (operation, rest)));
    }
    Ok(findings)
}

fn start(engine: &Engine, case: Case, wanted: &[Operation]) -> Outcome<Child> {
    let child = Command::new(std::env::current_exe()?)
        .args([CHILD, engine.peer, engine.provider])
        .args([case.state.to_string(), case.size.to_string()])
        .args(wanted.iter().map(Operation::to_string))
        // OpenMLS spreads the seals of a path over threads.
        .env("RAYON_NUM_THREADS", "1")
        .stdout(Stdio::piped())
        .spawn()?;
    Ok(child)
}

fn stop(mut child: Child) -> Outcome<()> {
    child.kill()?;
    child.wait()?;
    Ok(())
}

fn lines_of(child: &mut Child) -> Outcome<Receiver<String>> {
    let output = child.stdout.take().ok_or("no output")?;
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        for line in BufReader::new(output).lines().map_while(Result::ok) {
            if sender.send(line).is_err() {
                break;
            }
        }
    });
    Ok(receiver)
}

/// Collects what a child finds, until it ends or takes too long.
fn follow(lines: &Receiver<String>, what: &str, limit: Duration, findings: &mut Findings) -> End {
    let mut set_up = Duration::ZERO;
    let mut current = None;
    loop {
        let begun = Instant::now();
        let left = match current {
            Some(_) => limit,
            None => limit.saturating_sub(set_up),
        };
        let line = match lines.recv_timeout(left) {
            Ok(line) => line,
            Err(RecvTimeoutError::Disconnected) => return End::Exited,
            Err(RecvTimeoutError::Timeout) => {
                let phase = current.map_or("set-up".to_string(), |it: Operation| it.to_string());
                eprintln!("{what}: {phase} did not finish");
                return current.map_or(End::SetUpTooLong, End::TooLong);
            }
        };
        match (line.split_once(' '), current.take()) {
            (Some(("begin", name)), None) => {
                set_up += begun.elapsed();
                current = Operation::from_name(name);
            }
            (Some(("end", nanoseconds)), Some(operation)) => {
                if let Ok(nanoseconds) = nanoseconds.parse() {
                    let time = Duration::from_nanos(nanoseconds);
                    eprintln!("{what}: {operation} {time:.1?}");
                    findings.insert(operation, Finding::Took(time));
                }
            }
            _ => eprintln!("{what}: {line}"),
        }
    }
}
