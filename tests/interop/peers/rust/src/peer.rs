//! What a peer can do, whichever implementation it is.

pub type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

pub fn unsupported(what: &str) -> Box<dyn std::error::Error> {
    format!("Unsupported: no {what}").into()
}

/// A commit that is pending where it was made.
pub struct Commit {
    pub message: Vec<u8>,
    pub welcome: Option<Vec<u8>>,
}

pub enum Heard {
    Application {
        plaintext: Vec<u8>,
        aad: Vec<u8>,
    },
    Proposal,
    /// It has been applied.
    Commit,
}

pub struct State {
    pub epoch: u64,
    pub group_id: Vec<u8>,
    pub tree_hash: Vec<u8>,
    pub confirmed_transcript_hash: Vec<u8>,
    pub epoch_authenticator: Vec<u8>,
    pub own_leaf: u32,
    pub members: Vec<Vec<u8>>,
    pub active: bool,
}

pub trait Peer: Sized {
    const NAME: &'static str;
    const VERSION: &'static str;

    fn new(suite: u16, identity: Vec<u8>, public_handshake: bool) -> Outcome<Self>;
    fn key_package(&mut self) -> Outcome<Vec<u8>>;
    fn create(&mut self, group_id: &[u8]) -> Outcome<()>;
    fn join(&mut self, welcome: &[u8]) -> Outcome<()>;
    /// A resync, if we are in the group.
    fn external_join(&mut self, group_info: &[u8]) -> Outcome<Vec<u8>>;
    fn group_info(&mut self) -> Outcome<Vec<u8>>;
    /// Of what was proposed, and of these.
    fn commit(&mut self, add: &[Vec<u8>], remove: Option<u32>, psks: &[Vec<u8>])
    -> Outcome<Commit>;
    /// Applies the commit that is pending.
    fn apply(&mut self) -> Outcome<()>;
    fn propose_add(&mut self, key_package: &[u8]) -> Outcome<Vec<u8>>;
    fn propose_remove(&mut self, leaf: u32) -> Outcome<Vec<u8>>;
    fn propose_update(&mut self) -> Outcome<Vec<u8>>;
    fn process(&mut self, message: &[u8]) -> Outcome<Heard>;
    fn encrypt(&mut self, plaintext: &[u8], aad: Vec<u8>) -> Outcome<Vec<u8>>;
    fn export(&mut self, label: &str, context: &[u8], length: usize) -> Outcome<Vec<u8>>;
    fn add_psk(&mut self, id: Vec<u8>, secret: Vec<u8>) -> Outcome<()>;
    fn state(&mut self) -> Outcome<State>;
}
