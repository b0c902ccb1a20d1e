//! What a scenario asks of an implementation: a client that is in at most one group.
//!
//! Messages go in and out as bytes on the wire, so that each side of a comparison parses and
//! serializes within the time taken.

use std::error::Error;

pub type Outcome<T> = Result<T, Box<dyn Error>>;

/// Where the joiners of a commit find the ratchet tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tree {
    InWelcome,
    OutOfBand,
}

pub struct Invitation {
    pub commit: Vec<u8>,
    pub welcome: Vec<u8>,
}

pub trait Member: Sized {
    /// A copy of everything the client knows.
    type Saved;

    /// A client with a fresh signature key and a basic credential of 16 bytes.
    fn new(identity: u128) -> Outcome<Self>;

    fn key_package(&mut self) -> Outcome<Vec<u8>>;
    fn create_group(&mut self) -> Outcome<()>;
    fn join(&mut self, welcome: &[u8]) -> Outcome<()>;
    /// Joins by an external commit, and is in the new epoch.
    fn external_join(&mut self, group_info: &[u8]) -> Outcome<Vec<u8>>;
    /// A GroupInfo with the tree inside, for an external commit.
    fn group_info(&self) -> Outcome<Vec<u8>>;

    /// A commit without a path, pending until applied or discarded; so are the next two.
    fn add(&mut self, key_packages: &[Vec<u8>], tree: Tree) -> Outcome<Invitation>;
    fn remove(&mut self, leaf: u32) -> Outcome<Vec<u8>>;
    fn empty_commit(&mut self) -> Outcome<Vec<u8>>;
    fn apply(&mut self) -> Outcome<()>;
    fn discard(&mut self) -> Outcome<()>;

    /// Validates another's commit and enters its epoch.
    fn process(&mut self, commit: &[u8]) -> Outcome<()>;
    fn protect(&mut self, plaintext: &[u8]) -> Outcome<Vec<u8>>;
    fn unprotect(&mut self, message: &[u8]) -> Outcome<Vec<u8>>;

    fn size(&self) -> Outcome<usize>;
    fn epoch_authenticator(&self) -> Outcome<Vec<u8>>;

    fn save(&self) -> Outcome<Self::Saved>;
    fn restore(&mut self, saved: &Self::Saved) -> Outcome<()>;

    /// Whether the state of the group is written to storage by each operation; for implementations
    /// that cannot leave it to the application.
    fn write_state(&mut self, _write: bool) {}
}
