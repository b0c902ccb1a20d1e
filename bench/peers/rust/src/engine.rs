//! The implementations compared, each with a provider of its cryptography.

use openmls_libcrux_crypto::CryptoProvider as Libcrux;
use openmls_rust_crypto::RustCrypto;

use crate::catalogue::Case;
use crate::member::Outcome;
use crate::mls_rs_member::MlsRsMember;
use crate::openmls_member::OpenMlsMember;
use crate::runner::Announcer;
use crate::scenario;

pub struct Engine {
    /// As its crate is called.
    pub peer: &'static str,
    pub provider: &'static str,
    pub run: fn(Case, &Announcer) -> Outcome<()>,
}

pub const ENGINES: [Engine; 3] = [
    Engine {
        peer: "openmls",
        provider: "libcrux",
        run: scenario::run::<OpenMlsMember<Libcrux>>,
    },
    Engine {
        peer: "openmls",
        provider: "rustcrypto",
        run: scenario::run::<OpenMlsMember<RustCrypto>>,
    },
    Engine {
        peer: "mls-rs",
        provider: "aws-lc",
        run: scenario::run::<MlsRsMember>,
    },
];

impl Engine {
    /// The version that the lock file holds the peer to.
    pub fn version(&self) -> &'static str {
        const LOCK: &str = include_str!("../Cargo.lock");
        let mut lines = LOCK.lines();
        let name = format!("name = \"{}\"", self.peer);
        lines.find(|line| *line == name);
        let version = lines
            .next()
            .and_then(|line| line.strip_prefix("version = \""));
        version.map_or("unknown", |version| version.trim_end_matches('"'))
    }
}
