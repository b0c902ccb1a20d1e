//! What is measured: operations, of groups of a size, in a state of the tree.

use std::fmt;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Operation {
    KeyPackage,
    CreateGroup,
    BulkAdd,
    Join,
    AddOne,
    RemoveOne,
    EmptyCommit,
    ProcessAddOne,
    ProcessRemoveOne,
    ProcessEmptyCommit,
    ExternalJoin,
    ProcessExternalJoin,
    Protect,
    Unprotect,
}

/// All of them, in the order in which a case measures them.
const OPERATIONS: [(Operation, &str); 14] = [
    (Operation::KeyPackage, "key_package"),
    (Operation::CreateGroup, "create_group"),
    (Operation::BulkAdd, "bulk_add"),
    (Operation::Join, "join"),
    (Operation::AddOne, "add_one"),
    (Operation::RemoveOne, "remove_one"),
    (Operation::EmptyCommit, "empty_commit"),
    (Operation::ProcessAddOne, "process_add_one"),
    (Operation::ProcessRemoveOne, "process_remove_one"),
    (Operation::ProcessEmptyCommit, "process_empty_commit"),
    (Operation::ExternalJoin, "external_join"),
    (Operation::ProcessExternalJoin, "process_external_join"),
    (Operation::Protect, "protect_1024"),
    (Operation::Unprotect, "unprotect_1024"),
];

impl Operation {
    pub fn from_name(name: &str) -> Option<Self> {
        let found = OPERATIONS.iter().find(|(_, other)| *other == name);
        found.map(|(operation, _)| *operation)
    }
}

impl fmt::Display for Operation {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let found = OPERATIONS.iter().find(|(other, _)| other == self);
        out.write_str(found.map_or("unnamed", |(_, name)| name))
    }
}

/// How the tree came to be: `Blank` by one commit that adds all, `Full` by commits with a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum State {
    Blank,
    Full,
}

impl State {
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Blank, Self::Full]
            .into_iter()
            .find(|state| state.to_string() == name)
    }
}

impl fmt::Display for State {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::Blank => "blank",
            Self::Full => "full",
        })
    }
}

/// A group in which operations are measured, one after another. Of one member: its making.
#[derive(Clone, Copy, Debug)]
pub struct Case {
    pub state: State,
    pub size: u32,
}

impl Case {
    pub fn operations(self) -> Vec<Operation> {
        let all = OPERATIONS.into_iter().map(|(operation, _)| operation);
        all.filter(|operation| self.has(*operation)).collect()
    }

    fn has(self, operation: Operation) -> bool {
        match operation {
            Operation::KeyPackage | Operation::CreateGroup => self.size == 1,
            Operation::BulkAdd => self.size > 1 && self.state == State::Blank,
            // Of two members, nobody is left to process it.
            Operation::ProcessRemoveOne => self.size > 2,
            _ => self.size > 1,
        }
    }
}

impl fmt::Display for Case {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{} {}", self.state, self.size)
    }
}

/// The cases with groups no larger than `max_size`, in growing order for each state.
pub fn cases(max_size: u32) -> Vec<Case> {
    let sizes = [2, 10, 100, 1_000, 10_000, 100_000];
    let single = Case {
        state: State::Blank,
        size: 1,
    };
    let grown = [State::Blank, State::Full]
        .into_iter()
        .flat_map(|state| sizes.map(|size| Case { state, size }));
    std::iter::once(single)
        .chain(grown)
        .filter(|case| case.size <= max_size)
        .collect()
}
