//! The same steps for every implementation: grow a group, and time each operation in it.
//!
//! Leaf 0 makes the commits and the last leaf, in the other half of the tree, processes them; only
//! the external commit, whose new leaf follows the last one, is processed by leaf 0. Who is removed
//! sits at a quarter of the tree's width. Every step is checked: the members' epoch authenticators
//! agree afterwards, and the group has the size it should have.

use crate::catalogue::{Case, Operation, State};
use crate::member::{Invitation, Member, Outcome, Tree};
use crate::runner::Announcer;
use crate::timing::Samples;

const FOUNDER: u128 = 0;
const NEWCOMER: u128 = u128::MAX;
const PLAINTEXT: [u8; 1024] = [0x5a; 1024];

/// Times the operations that the announcer wants, in one case.
pub fn run<M: Member>(case: Case, announcer: &Announcer) -> Outcome<()> {
    match (case.size, case.state) {
        (1, _) => alone::<M>(announcer),
        (size, State::Blank) => blank::<M>(size, announcer)?.measure(announcer),
        (size, State::Full) => full::<M>(size)?.measure(announcer),
    }
}

fn alone<M: Member>(announcer: &Announcer) -> Outcome<()> {
    announcer.measure(Operation::KeyPackage, |samples| {
        let mut client = M::new(FOUNDER)?;
        while samples.wanted() {
            timed(samples, &mut client, M::key_package)?;
        }
        Ok(())
    })?;
    announcer.measure(Operation::CreateGroup, |samples| {
        while samples.wanted() {
            let mut client = M::new(FOUNDER)?;
            timed(samples, &mut client, M::create_group)?;
            expect("the size of a new group", client.size()?, 1)?;
        }
        Ok(())
    })
}

/// A group whose founder added all others by commits without a path. The last one is added alone:
/// the more there are to read a Welcome with the tree inside, the more it costs to make.
fn blank<M: Member>(size: u32, announcer: &Announcer) -> Outcome<Pair<M>> {
    let mut receiver = M::new(u128::from(size) - 1)?;
    let mut key_packages = vec![receiver.key_package()?];
    for leaf in 1..size - 1 {
        key_packages.push(M::new(u128::from(leaf))?.key_package()?);
    }
    announcer.measure(Operation::BulkAdd, |samples| {
        let mut founder = found::<M>()?;
        while samples.wanted() {
            timed(samples, &mut founder, |founder| {
                founder.add(&key_packages, Tree::OutOfBand)
            })?;
            founder.discard()?;
        }
        Ok(())
    })?;

    let mut committer = found::<M>()?;
    let (last, others) = key_packages.split_at(1);
    if !others.is_empty() {
        committer.add(others, Tree::OutOfBand)?;
        committer.apply()?;
    }
    let Invitation { welcome, .. } = committer.add(last, Tree::InWelcome)?;
    committer.apply()?;
    receiver.join(&welcome)?;
    Pair::new(size, committer, receiver)
}

/// A group in which one of each two neighbours joined by an external commit, as they came: that
/// fills all that is above them both, so that no parent is blank in the end. The other is added
/// just before, which costs less.
fn full<M: Member>(size: u32) -> Outcome<Pair<M>> {
    let mut committer = found::<M>()?;
    for leaf in 1..size - 1 {
        // Writing it each time would be most of the set-up, and only the last state is needed.
        committer.write_state(false);
        let mut newcomer = M::new(u128::from(leaf))?;
        if leaf % 2 == 0 {
            committer.add(&[newcomer.key_package()?], Tree::OutOfBand)?;
            committer.apply()?;
        } else {
            let commit = newcomer.external_join(&committer.group_info()?)?;
            committer.process(&commit)?;
        }
    }
    let mut receiver = M::new(u128::from(size) - 1)?;
    let commit = receiver.external_join(&committer.group_info()?)?;
    committer.write_state(true);
    committer.process(&commit)?;
    Pair::new(size, committer, receiver)
}

fn found<M: Member>() -> Outcome<M> {
    let mut founder = M::new(FOUNDER)?;
    founder.create_group()?;
    Ok(founder)
}

/// Two members of one group: leaf 0 and the last leaf.
struct Pair<M: Member> {
    size: u32,
    committer: M,
    receiver: M,
}

impl<M: Member> Pair<M> {
    fn new(size: u32, committer: M, receiver: M) -> Outcome<Self> {
        expect("the size of the group", receiver.size()?, size as usize)?;
        expect_same_epoch(&committer, &receiver)?;
        Ok(Self {
            size,
            committer,
            receiver,
        })
    }

    fn measure(mut self, announcer: &Announcer) -> Outcome<()> {
        let removed = (self.size.next_power_of_two() / 4).max(1);
        announcer.measure(Operation::Join, |samples| self.join(samples))?;
        announcer.measure(Operation::AddOne, |samples| self.add_one(samples))?;
        announcer.measure(Operation::RemoveOne, |samples| {
            self.commit(samples, |committer| committer.remove(removed))
        })?;
        announcer.measure(Operation::EmptyCommit, |samples| {
            self.commit(samples, M::empty_commit)
        })?;
        announcer.measure(Operation::ProcessAddOne, |samples| {
            let key_packages = [M::new(NEWCOMER)?.key_package()?];
            let add = |committer: &mut M| committer.add(&key_packages, Tree::OutOfBand);
            self.process(samples, 1, |committer| Ok(add(committer)?.commit))
        })?;
        if self.size > 2 {
            announcer.measure(Operation::ProcessRemoveOne, |samples| {
                self.process(samples, -1, |committer| committer.remove(removed))
            })?;
        }
        announcer.measure(Operation::ProcessEmptyCommit, |samples| {
            self.process(samples, 0, M::empty_commit)
        })?;
        announcer.measure(Operation::ExternalJoin, |samples| {
            self.external_join(samples)
        })?;
        announcer.measure(Operation::ProcessExternalJoin, |samples| {
            self.process_external_join(samples)
        })?;
        announcer.measure(Operation::Protect, |samples| self.protect(samples))?;
        announcer.measure(Operation::Unprotect, |samples| self.unprotect(samples))
    }

    /// By somebody whom the committer adds, without a path, and who finds the tree in the Welcome.
    fn join(&mut self, samples: &mut Samples) -> Outcome<()> {
        let mut joiner = M::new(NEWCOMER)?;
        let key_packages = [joiner.key_package()?];
        let outside = joiner.save()?;
        let before = self.committer.save()?;
        let Invitation { welcome, .. } = self.committer.add(&key_packages, Tree::InWelcome)?;
        self.committer.apply()?;
        while samples.wanted() {
            joiner.restore(&outside)?;
            timed(samples, &mut joiner, |joiner| joiner.join(&welcome))?;
            expect_same_epoch(&self.committer, &joiner)?;
        }
        self.committer.restore(&before)
    }

    fn add_one(&mut self, samples: &mut Samples) -> Outcome<()> {
        while samples.wanted() {
            let key_packages = [M::new(NEWCOMER)?.key_package()?];
            timed(samples, &mut self.committer, |committer| {
                committer.add(&key_packages, Tree::OutOfBand)
            })?;
            self.committer.discard()?;
        }
        Ok(())
    }

    fn commit(
        &mut self,
        samples: &mut Samples,
        create: impl Fn(&mut M) -> Outcome<Vec<u8>>,
    ) -> Outcome<()> {
        while samples.wanted() {
            timed(samples, &mut self.committer, &create)?;
            self.committer.discard()?;
        }
        Ok(())
    }

    /// The receiver processes one commit again and again, from the same state.
    fn process(
        &mut self,
        samples: &mut Samples,
        growth: i32,
        create: impl FnOnce(&mut M) -> Outcome<Vec<u8>>,
    ) -> Outcome<()> {
        let committer_before = self.committer.save()?;
        let receiver_before = self.receiver.save()?;
        let size_after = self.size.saturating_add_signed(growth) as usize;
        let commit = create(&mut self.committer)?;
        self.committer.apply()?;
        while samples.wanted() {
            self.receiver.restore(&receiver_before)?;
            timed(samples, &mut self.receiver, |receiver| {
                receiver.process(&commit)
            })?;
            expect_same_epoch(&self.committer, &self.receiver)?;
            expect("the size after", self.receiver.size()?, size_after)?;
        }
        self.receiver.restore(&receiver_before)?;
        self.committer.restore(&committer_before)
    }

    fn external_join(&mut self, samples: &mut Samples) -> Outcome<()> {
        let group_info = self.committer.group_info()?;
        while samples.wanted() {
            let mut joiner = M::new(NEWCOMER)?;
            timed(samples, &mut joiner, |joiner| {
                joiner.external_join(&group_info)
            })?;
            expect("the size after", joiner.size()?, self.size as usize + 1)?;
        }
        Ok(())
    }

    fn process_external_join(&mut self, samples: &mut Samples) -> Outcome<()> {
        let before = self.committer.save()?;
        let mut joiner = M::new(NEWCOMER)?;
        let commit = joiner.external_join(&self.committer.group_info()?)?;
        while samples.wanted() {
            self.committer.restore(&before)?;
            timed(samples, &mut self.committer, |committer| {
                committer.process(&commit)
            })?;
            expect_same_epoch(&joiner, &self.committer)?;
        }
        self.committer.restore(&before)
    }

    /// Not the first message of the epoch, which costs more.
    fn protect(&mut self, samples: &mut Samples) -> Outcome<()> {
        self.exchange()?;
        while samples.wanted() {
            let message = timed(samples, &mut self.committer, |committer| {
                committer.protect(&PLAINTEXT)
            })?;
            let plaintext = self.receiver.unprotect(&message)?;
            expect("the plaintext", plaintext, PLAINTEXT.to_vec())?;
        }
        Ok(())
    }

    fn unprotect(&mut self, samples: &mut Samples) -> Outcome<()> {
        self.exchange()?;
        while samples.wanted() {
            let message = self.committer.protect(&PLAINTEXT)?;
            let plaintext = timed(samples, &mut self.receiver, |receiver| {
                receiver.unprotect(&message)
            })?;
            expect("the plaintext", plaintext, PLAINTEXT.to_vec())?;
        }
        Ok(())
    }

    fn exchange(&mut self) -> Outcome<()> {
        let message = self.committer.protect(&PLAINTEXT)?;
        let plaintext = self.receiver.unprotect(&message)?;
        expect("the plaintext", plaintext, PLAINTEXT.to_vec())
    }
}

/// Times an operation of one member, without writes of its state to storage.
fn timed<M: Member, T>(
    samples: &mut Samples,
    member: &mut M,
    operation: impl FnOnce(&mut M) -> Outcome<T>,
) -> Outcome<T> {
    member.write_state(false);
    let result = samples.time(|| operation(member));
    member.write_state(true);
    result
}

fn expect<T: PartialEq>(what: &str, is: T, should_be: T) -> Outcome<()> {
    if is == should_be {
        Ok(())
    } else {
        Err(format!("{what} is not what it should be").into())
    }
}

fn expect_same_epoch<M: Member>(one: &M, other: &M) -> Outcome<()> {
    let authenticators = (one.epoch_authenticator()?, other.epoch_authenticator()?);
    expect("an epoch", authenticators.0, authenticators.1)
}
