//! OpenMLS and mls-rs as interop peers: each answers the JSON lines that ../../json_peer.cc describes.
//!
//!     conclave-interop-peers OpenMLS|mls-rs
//!
//! What an implementation cannot do is refused with an error that begins with "Unsupported: ".

mod mls_rs_peer;
mod openmls_peer;
mod peer;

use std::io::{self, BufRead, Write};

use serde_json::{Value, json};

use peer::{Commit, Heard, Outcome, Peer, unsupported};

/// A peer, and the commit that it has offered and the group has not decided on.
struct Answering<P> {
    peer: Option<P>,
    offered: Option<Commit>,
}

fn text<'a>(request: &'a Value, name: &str) -> Outcome<&'a str> {
    request[name]
        .as_str()
        .ok_or_else(|| format!("no {name}").into())
}

fn bytes(request: &Value, name: &str) -> Outcome<Vec<u8>> {
    Ok(hex::decode(text(request, name)?)?)
}

fn number(request: &Value, name: &str) -> Outcome<u32> {
    let number = request[name].as_u64().ok_or_else(|| format!("no {name}"))?;
    Ok(u32::try_from(number)?)
}

fn list(request: &Value, name: &str) -> Outcome<Vec<Vec<u8>>> {
    let Some(entries) = request[name].as_array() else {
        return Ok(Vec::new());
    };
    entries
        .iter()
        .map(|entry| Ok(hex::decode(entry.as_str().ok_or("no hex")?)?))
        .collect()
}

fn merged(mut reply: Value, more: Value) -> Value {
    if let (Some(reply), Value::Object(more)) = (reply.as_object_mut(), more) {
        reply.extend(more);
    }
    reply
}

fn shown(commit: &Commit) -> Value {
    let mut reply = json!({ "commit": hex::encode(&commit.message) });
    if let Some(welcome) = &commit.welcome {
        reply["welcome"] = hex::encode(welcome).into();
    }
    reply
}

impl<P: Peer> Answering<P> {
    fn peer(&mut self) -> Outcome<&mut P> {
        self.peer.as_mut().ok_or_else(|| "init comes first".into())
    }

    fn state(&mut self) -> Outcome<Value> {
        let state = self.peer()?.state()?;
        Ok(json!({
            "epoch": state.epoch,
            "group_id": hex::encode(state.group_id),
            "tree_hash": hex::encode(state.tree_hash),
            "confirmed_transcript_hash": hex::encode(state.confirmed_transcript_hash),
            "epoch_authenticator": hex::encode(state.epoch_authenticator),
            "own_leaf": state.own_leaf,
            "members": state.members.iter().map(hex::encode).collect::<Vec<_>>(),
            "active": state.active,
        }))
    }

    fn accepted(&mut self, commit: &Commit) -> Outcome<Value> {
        self.peer()?.apply()?;
        Ok(merged(shown(commit), self.state()?))
    }

    fn process(&mut self, request: &Value) -> Outcome<Value> {
        let message = bytes(request, "message")?;
        if let Some(own) = self.offered.take_if(|own| own.message == message) {
            let reply = self.accepted(&own)?;
            return Ok(merged(reply, json!({ "kind": "handshake" })));
        }
        match self.peer()?.process(&message)? {
            Heard::Application { plaintext, aad } => Ok(json!({
                "kind": "application",
                "plaintext": hex::encode(plaintext),
                "aad": hex::encode(aad),
            })),
            Heard::Proposal => Ok(json!({ "kind": "proposal" })),
            Heard::Commit => {
                self.offered = None;
                Ok(merged(self.state()?, json!({ "kind": "handshake" })))
            }
        }
    }

    fn commit(&mut self, request: &Value, op: &str) -> Outcome<Value> {
        let psks = list(request, "psks")?;
        let added = match op {
            "add" => list(request, "key_packages")?,
            _ => Vec::new(),
        };
        let removed = match op {
            "remove" => Some(number(request, "leaf")?),
            _ => None,
        };
        let commit = self.peer()?.commit(&added, removed, &psks)?;
        if op != "commit" {
            return self.accepted(&commit);
        }
        let reply = shown(&commit);
        self.offered = Some(commit);
        Ok(reply)
    }

    fn propose(&mut self, request: &Value, op: &str) -> Outcome<Value> {
        let proposal = match op {
            "propose_add" => {
                let key_package = bytes(request, "key_package")?;
                self.peer()?.propose_add(&key_package)?
            }
            "propose_remove" => {
                let leaf = number(request, "leaf")?;
                self.peer()?.propose_remove(leaf)?
            }
            "propose_update" => self.peer()?.propose_update()?,
            _ => return Err(unsupported(&format!("op {op}"))),
        };
        Ok(json!({ "proposal": hex::encode(proposal) }))
    }

    fn init(&mut self, request: &Value) -> Outcome<Value> {
        let suite = u16::try_from(number(request, "suite")?)?;
        let public = request["public_handshake"].as_bool().unwrap_or(false);
        self.peer = Some(P::new(suite, bytes(request, "identity")?, public)?);
        self.offered = None;
        Ok(json!({ "impl": P::NAME, "version": P::VERSION, "suite": suite }))
    }

    fn answer(&mut self, request: &Value) -> Outcome<Value> {
        match text(request, "op")? {
            "init" => self.init(request),
            "key_package" => Ok(json!({ "key_package": hex::encode(self.peer()?.key_package()?) })),
            "create" => {
                self.peer()?.create(&bytes(request, "group_id")?)?;
                self.state()
            }
            "join" => {
                self.peer()?.join(&bytes(request, "welcome")?)?;
                self.state()
            }
            "external_join" => {
                let commit = self.peer()?.external_join(&bytes(request, "group_info")?)?;
                let reply = json!({ "commit": hex::encode(commit) });
                Ok(merged(reply, self.state()?))
            }
            "group_info" => Ok(json!({ "group_info": hex::encode(self.peer()?.group_info()?) })),
            op @ ("add" | "remove" | "update" | "commit") => self.commit(request, op),
            "process" => self.process(request),
            "encrypt" => {
                let aad = bytes(request, "aad").unwrap_or_default();
                let message = self.peer()?.encrypt(&bytes(request, "plaintext")?, aad)?;
                Ok(json!({ "message": hex::encode(message) }))
            }
            "export" => {
                let (label, context) = (text(request, "label")?, bytes(request, "context")?);
                let length = usize::try_from(number(request, "length")?)?;
                let secret = self.peer()?.export(label, &context, length)?;
                Ok(json!({ "secret": hex::encode(secret) }))
            }
            "psk" => {
                let (id, secret) = (bytes(request, "psk_id")?, bytes(request, "secret")?);
                self.peer()?.add_psk(id, secret)?;
                Ok(json!({}))
            }
            "state" => self.state(),
            op => self.propose(request, op),
        }
    }

    fn reply(&mut self, line: &str) -> Value {
        let request: Value = serde_json::from_str(line).unwrap_or_default();
        let reply = match self.answer(&request) {
            Ok(reply) => merged(reply, json!({ "ok": true })),
            Err(error) => json!({ "ok": false, "error": error.to_string() }),
        };
        merged(reply, json!({ "id": request["id"] }))
    }
}

fn serve<P: Peer>() -> io::Result<()> {
    let mut answering: Answering<P> = Answering {
        peer: None,
        offered: None,
    };
    for line in io::stdin().lock().lines() {
        let reply = answering.reply(&line?);
        writeln!(io::stdout(), "{reply}")?;
    }
    Ok(())
}

fn main() -> io::Result<()> {
    match std::env::args().nth(1).as_deref() {
        Some("OpenMLS") => serve::<openmls_peer::OpenMlsPeer>(),
        Some("mls-rs") => serve::<mls_rs_peer::MlsRsPeer>(),
        _ => Err(io::Error::other(
            "usage: conclave-interop-peers OpenMLS|mls-rs",
        )),
    }
}
