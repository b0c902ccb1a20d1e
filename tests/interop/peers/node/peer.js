// ts-mls as an interop peer: it answers the JSON lines that ../../json_peer.cc describes. What
// ts-mls cannot do is refused with an error that begins with "Unsupported: ".
import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { p256, p384, p521 } from "@noble/curves/nist.js";
import * as mls from "ts-mls";
import { treeHashRoot } from "ts-mls/treeHash.js";

const CONFIG = {
  keyRetentionConfig: mls.defaultKeyRetentionConfig,
  lifetimeConfig: mls.defaultLifetimeConfig,
  keyPackageEqualityConfig: mls.defaultKeyPackageEqualityConfig,
  paddingConfig: mls.defaultPaddingConfig,
  authService: mls.defaultAuthenticationService,
};
const CURVES = { P256: p256, P384: p384, P521: p521 };
const DAY = 86400n;
const PACKAGE = JSON.parse(readFileSync(new URL("package.json", import.meta.url)));

const hex = (bytes) => Buffer.from(bytes).toString("hex");
const bytes = (text) => {
  if (typeof text !== "string" || !/^([0-9a-f]{2})*$/.test(text)) throw new Error("not hex");
  return new Uint8Array(Buffer.from(text, "hex"));
};
const unsupported = (what) => new Error(`Unsupported: ts-mls has no ${what}`);

function parse(text, wireformat) {
  const raw = bytes(text);
  const decoded = mls.decodeMlsMessage(raw, 0);
  if (decoded === undefined || decoded[1] !== raw.length) throw new Error("undecodable message");
  const [message] = decoded;
  if (wireformat !== undefined && message.wireformat !== wireformat) {
    throw new Error(`a ${message.wireformat} and no ${wireformat}`);
  }
  return message;
}
const serialize = (message) => hex(mls.encodeMlsMessage({ version: "mls10", ...message }));

// A member of a group, or somebody who could become one.
class Peer {
  async init({ suite, identity, public_handshake: isPublic = false, own_keys: ownKeys = false }) {
    const name = Object.keys(mls.ciphersuites).find((key) => mls.ciphersuites[key] === suite);
    if (name === undefined || suite > 7) throw unsupported(`suite ${suite}`);
    const parameters = mls.getCiphersuiteFromName(name);
    this.suite = await mls.getCiphersuiteImpl(parameters);
    this.identity = bytes(identity);
    this.isPublic = isPublic;
    this.state = undefined;
    this.pending = [];
    this.psks = {};
    this.offered = [];
    this.signature = await this.suite.signature.keygen();
    // Its own public keys for ECDSA are compressed points; section 5.1.1 has them otherwise.
    const curve = CURVES[parameters.signature];
    if (curve !== undefined && !ownKeys) {
      const { signKey } = this.signature;
      this.signature = { signKey, publicKey: curve.getPublicKey(signKey, false) };
    }
    return { impl: "ts-mls", version: PACKAGE.dependencies["ts-mls"], suite };
  }

  async makeKeyPackage() {
    const now = BigInt(Math.floor(Date.now() / 1000));
    return mls.generateKeyPackageWithKey(
      { credentialType: "basic", identity: this.identity },
      mls.defaultCapabilities(),
      { notBefore: now - 3600n, notAfter: now + 30n * DAY },
      [],
      this.signature,
      this.suite,
    );
  }

  async key_package() {
    const made = await this.makeKeyPackage();
    this.offered.push(made);
    return {
      key_package: serialize({ wireformat: "mls_key_package", keyPackage: made.publicPackage }),
    };
  }

  async create({ group_id: groupId }) {
    const made = await this.makeKeyPackage();
    const { publicPackage, privatePackage } = made;
    this.state = await mls.createGroup(
      bytes(groupId), publicPackage, privatePackage, [], this.suite, CONFIG);
    return this.described({});
  }

  async join({ welcome }) {
    const message = parse(welcome, "mls_welcome").welcome;
    let refusal = new Error("a Welcome for nobody");
    for (const { publicPackage, privatePackage } of this.offered) {
      try {
        this.state = await mls.joinGroup(message, publicPackage, privatePackage,
          this.pskIndex(undefined), this.suite, undefined, undefined, CONFIG);
        return this.described({});
      } catch (error) {
        refusal = error;
      }
    }
    throw refusal;
  }

  async external_join({ group_info: groupInfo }) {
    const info = parse(groupInfo, "mls_group_info").groupInfo;
    const { publicPackage, privatePackage } = await this.makeKeyPackage();
    const resync = this.state !== undefined && this.state.groupActiveState.kind === "active";
    const joined = await mls.joinGroupExternal(
      info, publicPackage, privatePackage, resync, this.suite, undefined, CONFIG);
    this.state = joined.newState;
    return this.described({
      commit: serialize({ wireformat: "mls_public_message", publicMessage: joined.publicMessage }),
    });
  }

  async group_info() {
    const info = await mls.createGroupInfoWithExternalPubAndRatchetTree(
      this.state, [], this.suite);
    return { group_info: serialize({ wireformat: "mls_group_info", groupInfo: info }) };
  }

  pskIndex(state) {
    return mls.makePskIndex(state, this.psks);
  }

  pskProposal(id) {
    const preSharedKeyId = {
      psktype: "external",
      pskId: bytes(id),
      pskNonce: new Uint8Array(randomBytes(this.suite.kdf.size)),
    };
    return { proposalType: "psk", psk: { preSharedKeyId } };
  }

  async offer(proposals, { psks = [] }) {
    const made = await mls.createCommit(
      { state: this.state, cipherSuite: this.suite, pskIndex: this.pskIndex(this.state) },
      {
        wireAsPublicMessage: this.isPublic,
        ratchetTreeExtension: true,
        extraProposals: [...proposals, ...psks.map((id) => this.pskProposal(id))],
      },
    );
    const reply = { commit: serialize(made.commit) };
    if (made.welcome !== undefined) {
      reply.welcome = serialize({ wireformat: "mls_welcome", welcome: made.welcome });
    }
    return { reply, state: made.newState };
  }

  enter(state) {
    this.state = state;
    this.pending = [];
  }

  async commitAndAccept(proposals, request) {
    const { reply, state } = await this.offer(proposals, request);
    this.enter(state);
    return this.described(reply);
  }

  add(request) {
    const proposals = request.key_packages.map((text) => this.addProposal(text));
    return this.commitAndAccept(proposals, request);
  }
  remove(request) {
    return this.commitAndAccept([this.removeProposal(request.leaf)], request);
  }
  update(request) {
    return this.commitAndAccept([], request);
  }

  async commit(request) {
    const offer = await this.offer([], request);
    this.pending.push(offer);
    return offer.reply;
  }

  addProposal(text) {
    const { keyPackage } = parse(text, "mls_key_package");
    return { proposalType: "add", add: { keyPackage } };
  }
  removeProposal(removed) {
    return { proposalType: "remove", remove: { removed } };
  }

  async propose(proposal) {
    const made = await mls.createProposal(this.state, this.isPublic, proposal, this.suite);
    this.state = made.newState;
    return { proposal: serialize(made.message) };
  }
  propose_add({ key_package: text }) {
    return this.propose(this.addProposal(text));
  }
  propose_remove({ leaf }) {
    return this.propose(this.removeProposal(leaf));
  }
  propose_update() {
    throw unsupported("function that makes an Update proposal");
  }

  async process({ message: text }) {
    const own = this.pending.find(({ reply }) => reply.commit === text);
    if (own !== undefined) {
      this.enter(own.state);
      return this.described({ kind: "handshake", welcome: own.reply.welcome });
    }
    const message = parse(text);
    if (message.wireformat === "mls_public_message") {
      const { publicMessage } = message;
      const { newState } = await mls.processPublicMessage(
        this.state, publicMessage, this.pskIndex(this.state), this.suite);
      return this.processed(newState, publicMessage.content.contentType);
    }
    if (message.wireformat !== "mls_private_message") throw new Error("no message of a group");
    const { privateMessage } = message;
    const result = await mls.processPrivateMessage(
      this.state, privateMessage, this.pskIndex(this.state), this.suite);
    if (result.kind === "newState") {
      return this.processed(result.newState, privateMessage.contentType);
    }
    this.state = result.newState;
    return {
      kind: "application",
      plaintext: hex(result.message),
      aad: hex(privateMessage.authenticatedData),
    };
  }

  processed(state, contentType) {
    if (contentType === "proposal") {
      this.state = state;
      return { kind: "proposal" };
    }
    this.enter(state);
    return this.described({ kind: "handshake" });
  }

  async encrypt({ plaintext, aad = "" }) {
    const made = await mls.createApplicationMessage(
      this.state, bytes(plaintext), this.suite, bytes(aad));
    this.state = made.newState;
    const { privateMessage } = made;
    return { message: serialize({ wireformat: "mls_private_message", privateMessage }) };
  }

  async export({ label, context, length }) {
    const secret = await mls.mlsExporter(
      this.state.keySchedule.exporterSecret, label, bytes(context), length, this.suite);
    return { secret: hex(secret) };
  }

  psk({ psk_id: id, secret }) {
    this.psks[mls.bytesToBase64(bytes(id))] = bytes(secret);
    return {};
  }

  async described(reply) {
    const { groupContext, ratchetTree, keySchedule, privatePath, groupActiveState } = this.state;
    const members = ratchetTree.filter((node) => node?.nodeType === "leaf");
    return {
      ...reply,
      epoch: Number(groupContext.epoch),
      group_id: hex(groupContext.groupId),
      tree_hash: hex(await treeHashRoot(ratchetTree, this.suite.hash)),
      confirmed_transcript_hash: hex(groupContext.confirmedTranscriptHash),
      epoch_authenticator: hex(keySchedule.epochAuthenticator),
      own_leaf: privatePath.leafIndex,
      members: members.map(({ leaf }) => hex(leaf.credential.identity)),
      active: groupActiveState.kind === "active",
    };
  }

  describe() {
    return this.described({});
  }
}

const OPS = {
  init: "init", key_package: "key_package", create: "create", add: "add", remove: "remove",
  update: "update", join: "join", external_join: "external_join", group_info: "group_info",
  process: "process", encrypt: "encrypt", export: "export", psk: "psk", commit: "commit",
  propose_add: "propose_add", propose_remove: "propose_remove", propose_update: "propose_update",
  state: "describe",
};

async function answer(peer, line) {
  let id = null;
  try {
    const request = JSON.parse(line);
    id = request.id ?? null;
    if (!Object.hasOwn(OPS, request.op)) throw unsupported(`op ${request.op}`);
    if (request.op !== "init" && peer.suite === undefined) throw new Error("init comes first");
    return { ...(await peer[OPS[request.op]](request)), id, ok: true };
  } catch (error) {
    return { id, ok: false, error: `${error.message}` };
  }
}

const peer = new Peer();
for await (const line of createInterface({ input: process.stdin })) {
  if (line !== "") process.stdout.write(`${JSON.stringify(await answer(peer, line))}\n`);
}
