//! mls-rs, over its OpenSSL provider, which has all suites.

use std::convert::Infallible;
use std::time::Duration;

use mls_rs::client_builder::{
    BaseConfig, PaddingMode, WithCryptoProvider, WithIdentityProvider, WithMlsRules,
};
use mls_rs::group::{CommitEffect, GroupContext, ReceivedMessage, Roster};
use mls_rs::identity::SigningIdentity;
use mls_rs::identity::basic::{BasicCredential, BasicIdentityProvider};
use mls_rs::mls_rules::{
    CommitDirection, CommitOptions, CommitSource, EncryptionOptions, ProposalBundle,
};
use mls_rs::psk::{ExternalPskId, PreSharedKey};
use mls_rs::time::MlsTime;
use mls_rs::{
    CipherSuite, CipherSuiteProvider, Client, CryptoProvider, ExtensionList, Group, MlsMessage,
    MlsRules,
};
use mls_rs_crypto_openssl::OpensslCryptoProvider;

use crate::peer::{Commit, Heard, Outcome, Peer, State, unsupported};

type Config = WithMlsRules<
    Rules,
    WithIdentityProvider<
        BasicIdentityProvider,
        WithCryptoProvider<OpensslCryptoProvider, BaseConfig>,
    >,
>;

/// Its default of a year is longer than Conclave's default policy takes.
const LIFETIME: Duration = Duration::from_secs(30 * 86400);

/// The framing that was asked for, and the tree in every Welcome.
#[derive(Clone, Debug)]
pub struct Rules {
    public_handshake: bool,
}

impl MlsRules for Rules {
    type Error = Infallible;

    fn filter_proposals(
        &self,
        _: CommitDirection,
        _: CommitSource,
        _: &Roster,
        _: &GroupContext,
        proposals: ProposalBundle,
    ) -> Result<ProposalBundle, Infallible> {
        Ok(proposals)
    }

    fn commit_options(
        &self,
        _: &Roster,
        _: &GroupContext,
        _: &ProposalBundle,
    ) -> Result<CommitOptions, Infallible> {
        Ok(CommitOptions::new().with_ratchet_tree_extension(true))
    }

    fn encryption_options(
        &self,
        _: &Roster,
        _: &GroupContext,
    ) -> Result<EncryptionOptions, Infallible> {
        Ok(EncryptionOptions::new(
            !self.public_handshake,
            PaddingMode::StepFunction,
        ))
    }
}

pub struct MlsRsPeer {
    client: Client<Config>,
    group: Option<Group<Config>>,
    active: bool,
}

impl MlsRsPeer {
    fn group(&mut self) -> Outcome<&mut Group<Config>> {
        self.group.as_mut().ok_or_else(|| "no group".into())
    }

    fn enter(&mut self, group: Group<Config>) {
        self.group = Some(group);
        self.active = true;
    }
}

impl Peer for MlsRsPeer {
    const NAME: &'static str = "mls-rs";
    const VERSION: &'static str = "0.57.0";

    fn new(suite: u16, identity: Vec<u8>, public_handshake: bool) -> Outcome<Self> {
        let crypto = OpensslCryptoProvider::new();
        let suite = CipherSuite::new(suite);
        let provider = crypto
            .cipher_suite_provider(suite)
            .ok_or_else(|| unsupported("such suite"))?;
        let (private_key, public_key) = provider.signature_key_generate()?;
        let credential = BasicCredential::new(identity).into_credential();
        let client = Client::builder()
            .crypto_provider(crypto)
            .identity_provider(BasicIdentityProvider)
            .mls_rules(Rules { public_handshake })
            .key_package_lifetime(LIFETIME)
            .signing_identity(
                SigningIdentity::new(credential, public_key),
                private_key,
                suite,
            )
            .build();
        Ok(Self {
            client,
            group: None,
            active: false,
        })
    }

    fn key_package(&mut self) -> Outcome<Vec<u8>> {
        let none = ExtensionList::default;
        // From the very second on, which may not have come yet by the clock of whoever reads it.
        let now = MlsTime::now().seconds_since_epoch();
        let since = Some(MlsTime::from(now - 60));
        let message = self
            .client
            .generate_key_package_message(none(), none(), since)?;
        Ok(message.to_bytes()?)
    }

    fn create(&mut self, group_id: &[u8]) -> Outcome<()> {
        let none = ExtensionList::default;
        let group = self
            .client
            .create_group_with_id(group_id.to_vec(), none(), none(), None)?;
        self.enter(group);
        Ok(())
    }

    fn join(&mut self, welcome: &[u8]) -> Outcome<()> {
        let welcome = MlsMessage::from_bytes(welcome)?;
        let (group, _) = self.client.join_group(None, &welcome, None)?;
        self.enter(group);
        Ok(())
    }

    fn external_join(&mut self, group_info: &[u8]) -> Outcome<Vec<u8>> {
        let mut builder = self.client.external_commit_builder()?;
        if let Some(group) = self.group.as_ref().filter(|_| self.active) {
            builder = builder.with_removal(group.current_member_index());
        }
        let (group, commit) = builder.build(MlsMessage::from_bytes(group_info)?)?;
        self.enter(group);
        Ok(commit.to_bytes()?)
    }

    fn group_info(&mut self) -> Outcome<Vec<u8>> {
        let message = self.group()?.group_info_message_allowing_ext_commit(true)?;
        Ok(message.to_bytes()?)
    }

    fn commit(
        &mut self,
        add: &[Vec<u8>],
        remove: Option<u32>,
        psks: &[Vec<u8>],
    ) -> Outcome<Commit> {
        let mut builder = self.group()?.commit_builder();
        for key_package in add {
            builder = builder.add_member(MlsMessage::from_bytes(key_package)?)?;
        }
        if let Some(leaf) = remove {
            builder = builder.remove_member(leaf)?;
        }
        for id in psks {
            builder = builder.add_external_psk(ExternalPskId::new(id.clone()))?;
        }
        let output = builder.build()?;
        let welcome = output.welcome_messages.first();
        Ok(Commit {
            message: output.commit_message.to_bytes()?,
            welcome: welcome.map(MlsMessage::to_bytes).transpose()?,
        })
    }

    fn apply(&mut self) -> Outcome<()> {
        self.group()?.apply_pending_commit()?;
        Ok(())
    }

    fn propose_add(&mut self, key_package: &[u8]) -> Outcome<Vec<u8>> {
        let key_package = MlsMessage::from_bytes(key_package)?;
        let proposal = self.group()?.propose_add(key_package, Vec::new())?;
        Ok(proposal.to_bytes()?)
    }

    fn propose_remove(&mut self, leaf: u32) -> Outcome<Vec<u8>> {
        Ok(self.group()?.propose_remove(leaf, Vec::new())?.to_bytes()?)
    }

    fn propose_update(&mut self) -> Outcome<Vec<u8>> {
        Ok(self.group()?.propose_update(Vec::new())?.to_bytes()?)
    }

    fn process(&mut self, message: &[u8]) -> Outcome<Heard> {
        let message = MlsMessage::from_bytes(message)?;
        match self.group()?.process_incoming_message(message)? {
            ReceivedMessage::ApplicationMessage(message) => Ok(Heard::Application {
                plaintext: message.data().to_vec(),
                aad: message.authenticated_data.clone(),
            }),
            ReceivedMessage::Proposal(_) => Ok(Heard::Proposal),
            ReceivedMessage::Commit(commit) => {
                self.active = !matches!(commit.effect, CommitEffect::Removed { .. });
                Ok(Heard::Commit)
            }
            _ => Err("no message of a group".into()),
        }
    }

    fn encrypt(&mut self, plaintext: &[u8], aad: Vec<u8>) -> Outcome<Vec<u8>> {
        let message = self.group()?.encrypt_application_message(plaintext, aad)?;
        Ok(message.to_bytes()?)
    }

    fn export(&mut self, label: &str, context: &[u8], length: usize) -> Outcome<Vec<u8>> {
        let secret = self
            .group()?
            .export_secret(label.as_bytes(), context, length)?;
        Ok(secret.as_bytes().to_vec())
    }

    fn add_psk(&mut self, id: Vec<u8>, secret: Vec<u8>) -> Outcome<()> {
        self.client
            .secret_store()
            .insert(ExternalPskId::new(id), PreSharedKey::new(secret));
        Ok(())
    }

    fn state(&mut self) -> Outcome<State> {
        let active = self.active;
        let group = self.group()?;
        let members = group.roster().members_iter();
        let members = members.map(|member| {
            let credential = &member.signing_identity.credential;
            let basic = credential.as_basic().ok_or("no basic credential")?;
            Ok(basic.identifier.clone())
        });
        let members = members.collect::<Outcome<_>>()?;
        let context = group.context();
        Ok(State {
            epoch: context.epoch,
            group_id: context.group_id.clone(),
            tree_hash: context.tree_hash.clone(),
            confirmed_transcript_hash: context.confirmed_transcript_hash.to_vec(),
            epoch_authenticator: group.epoch_authenticator()?.as_bytes().to_vec(),
            own_leaf: group.current_member_index(),
            members,
            active,
        })
    }
}
