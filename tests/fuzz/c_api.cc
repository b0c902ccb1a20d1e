// The C API (conclave/c.h): a program of calls, each with bytes and numbers that somebody else has
// chosen, on the live session of a member whose crypto always fits. What the conventions promise is
// asked after each call: a known error with a reason, nothing given out and nothing changed if it
// failed, everything given out once if it did not; and handles are freed in any order.
#include <algorithm>
#include <array>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "fuzz/harness/c_world.h"
#include "fuzz/harness/mutate.h"
#include "fuzz/harness/scene.h"

namespace conclave::fuzz {

namespace {

struct Step {
  std::uint8_t call = 0;
  std::uint8_t flags = 0;
  std::uint32_t number = 0;
  Bytes first;
  Bytes second;
};
using Program = std::vector<Step>;

conclave_bytes C(const Bytes& bytes) { return {bytes.data(), bytes.size()}; }

// Whatever a call may be given beside the bytes of its step.
struct Given {
  explicit Given(const Step& step)
      : first(C(step.first)),
        second(C(step.second)),
        extension{static_cast<std::uint16_t>(step.number), C(step.first)},
        extensions{&extension, step.flags % 3U == 0 ? 0U : 1U},
        psk{step.flags % 4U, C(step.first), step.number},
        reinit{C(step.first), step.flags, static_cast<std::uint16_t>(step.number), {}},
        custom{static_cast<std::uint16_t>(step.number), C(step.first)},
        row_key({CONCLAVE_ROWS}),
        leaf(step.number) {
    row_key.insert(row_key.end(), step.second.begin(), step.second.end());
    row = {step.flags % 4U, C(row_key), C(step.second)};
  }

  conclave_bytes first, second;
  conclave_extension extension;
  conclave_extension_list extensions;
  conclave_psk_id psk;
  conclave_reinit reinit;
  conclave_custom_proposal custom;
  Bytes row_key;
  conclave_row row{};
  std::uint32_t leaf;
};

using CallFunction = conclave_error (*)(CWorld&, const Step&, Given&);

constexpr CallFunction kReceive = [](CWorld& world, const Step& step, Given& given) {
  conclave_event* event = nullptr;
  const conclave_error error =
      conclave_session_receive(world.session, step.first.data(), step.first.size(), &given.row,
                               step.flags / 4 % 2, nullptr, &event, world.detail());
  Require((error == CONCLAVE_OK) == (event != nullptr), "an event is given if there is no error");
  if (event != nullptr) world.Take(event);
  return error;
};

constexpr CallFunction kApply = [](CWorld& world, const Step& step, Given& given) {
  return world.Once(conclave_session_apply(world.session, world.event, &given.row,
                                           step.flags / 4 % 2, ShowEntered, &world.shown,
                                           world.detail()));
};

constexpr CallFunction kProtect = [](CWorld& world, const Step& step, Given& given) {
  return world.Once(conclave_session_protect(
      world.session, step.first.data(), step.first.size(), step.second.data(), step.second.size(),
      &given.row, step.flags / 4 % 2, ShowBytes, &world.shown, world.detail()));
};

constexpr CallFunction kCommit = [](CWorld& world, const Step& step, Given& given) {
  conclave_commit_request request{};
  request.size = sizeof request;
  request.path = step.flags % 3;
  request.add = &given.first;
  request.add_count = (step.flags & 4) != 0;
  request.remove = &given.leaf;
  request.remove_count = (step.flags & 8) != 0;
  request.psks = &given.psk;
  request.psk_count = (step.flags & 16) != 0;
  if ((step.flags & 32) != 0) request.extensions = &given.extensions;
  if ((step.flags & 64) != 0) request.reinit = &given.reinit;
  request.custom = &given.custom;
  request.custom_count = (step.flags & 128) != 0;
  request.exclude = &given.second;
  request.exclude_count = step.second.size() == 32;
  request.authenticated_data = given.second;
  request.joiners_per_welcome = step.number % 3;
  return world.Once(conclave_session_create_commit(world.session, &request, ShowOutgoing,
                                                   &world.shown, world.detail()));
};

constexpr CallFunction kPropose = [](CWorld& world, const Step& step, Given& given) {
  conclave_proposal_options options{};
  options.size = sizeof options;
  options.authenticated_data = given.second;
  auto* const session = world.session;
  void* const shown = &world.shown;
  const auto propose = [&]() -> conclave_error {
    switch (step.flags / 4 % 7) {
      case 0:
        return conclave_session_propose_add(session, step.first.data(), step.first.size(), &options,
                                            ShowBytes, shown, world.detail());
      case 1:
        return conclave_session_propose_update(session, nullptr, &options, ShowBytes, shown,
                                               world.detail());
      case 2:
        return conclave_session_propose_remove(session, step.number, &options, ShowBytes, shown,
                                               world.detail());
      case 3:
        return conclave_session_propose_psk(session, &given.psk, &options, ShowBytes, shown,
                                            world.detail());
      case 4:
        return conclave_session_propose_reinit(session, &given.reinit, &options, ShowBytes, shown,
                                               world.detail());
      case 5:
        return conclave_session_propose_extensions(session, &given.extensions, &options, ShowBytes,
                                                   shown, world.detail());
      default:
        return conclave_session_propose_custom(session, &given.custom, &options, ShowBytes, shown,
                                               world.detail());
    }
  };
  return world.Once(propose());
};

constexpr CallFunction kPublish = [](CWorld& world, const Step& step, Given& given) {
  conclave_group_info_options options{};
  options.size = sizeof options;
  options.without_ratchet_tree = step.flags % 3;
  options.without_external_pub = step.flags / 4 % 2;
  options.extensions = given.extensions;
  if (step.number != 0) {
    return world.Once(conclave_session_bundle(world.session, step.number, &options, ShowBundle,
                                              &world.shown, world.detail()));
  }
  return world.Once(conclave_session_group_info(world.session, &options, ShowBytes, &world.shown,
                                                world.detail()));
};

constexpr CallFunction kOffers = [](CWorld& world, const Step& step, Given&) {
  if (step.flags % 2 == 0) {
    return conclave_session_withdraw(world.session, step.number, world.detail());
  }
  return conclave_session_delivered(world.session, step.number, world.detail());
};

constexpr CallFunction kExport = [](CWorld& world, const Step& step, Given&) {
  const std::string label(step.first.begin(), step.first.end());
  Bytes secret(step.number % 300);
  return conclave_session_export_secret(world.session, label.c_str(), step.second.data(),
                                        step.second.size(), secret.data(), secret.size(),
                                        world.detail());
};

constexpr CallFunction kReadWelcome = [](CWorld& world, const Step& step, Given& given) {
  conclave_join_options options{};
  options.size = sizeof options;
  options.ratchet_tree = given.second;
  if (step.flags % 2 == 1) options.origin = world.session;
  conclave_staged_join* staged = nullptr;
  const conclave_error error = conclave_client_read_welcome(
      world.guest, step.first.data(), step.first.size(), &options, &staged, world.detail());
  Require((error == CONCLAVE_OK) == (staged != nullptr), "a join is given if there is no error");
  if (staged != nullptr) world.Enter(staged);
  return error;
};

constexpr CallFunction kJoinExternally = [](CWorld& world, const Step& step, Given& given) {
  conclave_external_join_options options{};
  options.size = sizeof options;
  options.ratchet_tree = given.second;
  if (step.flags % 2 == 1) options.replace = &given.leaf;
  conclave_pending_join* pending = nullptr;
  const conclave_error error = conclave_client_start_external_join(
      world.guest, step.first.data(), step.first.size(), &options, &pending, world.detail());
  Require((error == CONCLAVE_OK) == (pending != nullptr), "a join is given if there is no error");
  if (pending != nullptr) world.Enter(pending);
  return error;
};

constexpr CallFunction kRequestToJoin = [](CWorld& world, const Step& step, Given&) {
  return world.Once(conclave_client_request_to_join(
      world.guest, step.first.data(), step.first.size(), step.second.data(), step.second.size(),
      nullptr, 0, ShowBytes, &world.shown, world.detail()));
};

constexpr CallFunction kKeyPackages = [](CWorld& world, const Step& step, Given& given) {
  conclave_key_package_options options{};
  options.size = sizeof options;
  options.last_resort = step.flags / 4 % 3;
  options.extensions = given.extensions;
  options.lifetime = step.number;
  switch (step.flags % 4) {
    case 0:
      return conclave_client_mark_published(world.client, step.first.data(), step.first.size(),
                                            world.detail());
    case 1:
      return conclave_client_delete_key_package(world.client, step.first.data(), step.first.size(),
                                                world.detail());
    default:
      return world.Once(conclave_client_new_key_package(world.client, &options, ShowBytes,
                                                        &world.shown, world.detail()));
  }
};

constexpr CallFunction kOpen = [](CWorld& world, const Step& step, Given&) {
  conclave_open_options options{};
  options.size = sizeof options;
  options.from_backup = step.flags % 3;
  options.expected_version = step.number;
  conclave_session* session = nullptr;
  const conclave_error error = conclave_client_open_group(
      world.client, step.first.data(), step.first.size(), &options, &session, world.detail());
  return world.Replace(error, session);
};

constexpr CallFunction kFound = [](CWorld& world, const Step& step, Given& given) {
  conclave_group_options options{};
  options.size = sizeof options;
  options.id = given.second;
  options.extensions = given.extensions;
  conclave_session* session = nullptr;
  const auto found = [&]() -> conclave_error {
    if (step.flags / 4 % 2 == 0) {
      return conclave_client_create_group(world.client, &options, &session, world.detail());
    }
    return world.Once(conclave_client_create_branch(world.client, world.session, &options,
                                                    &given.first, step.flags / 8 % 2, &session,
                                                    ShowNewGroup, &world.shown, world.detail()));
  };
  const conclave_error error = found();
  return world.Replace(error, session);
};

constexpr CallFunction kSigner = [](CWorld& world, const Step& step, Given& given) {
  conclave_signer* signer = nullptr;
  const conclave_error error =
      conclave_signer_of_key(world.crypto, static_cast<std::uint16_t>(step.number),
                             step.first.data(), step.first.size(), &signer, world.detail());
  Require((error == CONCLAVE_OK) == (signer != nullptr), "a signer is given if there is no error");
  if (signer == nullptr) return error;
  conclave_external_proposal proposal{};
  proposal.size = sizeof proposal;
  proposal.custom = &given.custom;
  const conclave_error proposed = world.Once(conclave_propose_externally(
      world.crypto, signer, step.flags, step.second.data(), step.second.size(), &proposal,
      ShowBytes, &world.shown, world.detail()));
  conclave_signer_free(signer);
  return proposed;
};

constexpr CallFunction kDescribe = [](CWorld& world, const Step& step, Given& given) {
  conclave_external_sender sender{};
  sender.credential.credential_type = static_cast<std::uint16_t>(step.number);
  sender.credential.data = given.first;
  sender.credential.certificates = &given.second;
  sender.credential.certificate_count = step.flags % 2;
  sender.signature_key = given.second;
  return world.Once(conclave_external_senders(&sender, 1, ShowExtension, &world.shown));
};

constexpr CallFunction kPsk = [](CWorld& world, const Step& step, Given&) {
  if (step.flags % 2 == 1) {
    return conclave_client_remove_psk(world.client, step.first.data(), step.first.size(),
                                      world.detail());
  }
  return conclave_client_add_psk(world.client, step.first.data(), step.first.size(),
                                 step.second.data(), step.second.size(), world.detail());
};

constexpr CallFunction kStorage = [](CWorld& world, const Step& step, Given& given) {
  // In its own rows: an application that writes into the library's has what it deserves.
  const conclave_operation operation{step.flags % 6U, C(given.row_key), given.first};
  return conclave_storage_write(world.storage, &operation, 1, world.detail());
};

constexpr std::array kCalls{kReceive,       kApply,       kProtect, kCommit,      kPropose,
                            kPublish,       kOffers,      kExport,  kReadWelcome, kJoinExternally,
                            kRequestToJoin, kKeyPackages, kOpen,    kFound,       kSigner,
                            kDescribe,      kPsk,         kStorage};

std::uint8_t NumberOf(CallFunction call) {
  return static_cast<std::uint8_t>(std::ranges::find(kCalls, call) - kCalls.begin());
}

bool Run(BytesView input) {
  const auto program = wire::Parse<Program>(input);
  if (!program.ok() || program->empty() || program->size() > 16) return false;
  CWorld world(Scene::Unchecked());
  std::size_t succeeded = 0;
  for (const Step& step : *program) {
    Given given(step);
    world.Before();
    const conclave_error error = kCalls[step.call % kCalls.size()](world, step, given);
    world.After(error);
    succeeded += error == CONCLAVE_OK ? 1 : 0;
  }
  world.LookAround();
  world.FreeInOrder(program->front().flags);
  return succeeded == program->size();
}

std::vector<Seed> Seeds() {
  const Scene& scene = Scene::Unchecked();
  std::vector<Seed> seeds;
  const auto add = [&seeds](const std::string& name, const Program& program) {
    seeds.push_back({name, wire::Serialize(program), std::nullopt});
  };
  for (const auto* messages : {&scene.public_messages(), &scene.private_messages()}) {
    for (const Seed& message : *messages) {
      add("receive_" + message.name + "_" + std::to_string(seeds.size()),
          {{NumberOf(kReceive), 0, 0, message.input, {}}, {NumberOf(kApply), 0, 0, {}, {}}});
    }
  }
  const Bytes key_package = scene.key_packages().front().input;
  for (std::uint8_t flags = 0; flags < 28; flags = static_cast<std::uint8_t>(flags + 4)) {
    add("propose_" + std::to_string(flags), {{NumberOf(kPropose), flags, 1, key_package, {}}});
  }
  for (unsigned bit = 1; bit < 256; bit *= 2) {
    add("commit_" + std::to_string(bit), {{NumberOf(kCommit),
                                           static_cast<std::uint8_t>(bit),
                                           static_cast<std::uint32_t>(kCustomProposal),
                                           key_package,
                                           {}}});
  }
  for (const Seed& info : scene.group_infos()) {
    add("join_by_" + info.name, {{NumberOf(kJoinExternally), 0, 0, info.input, {}}});
    add("ask_by_" + info.name, {{NumberOf(kRequestToJoin), 0, 0, info.input, key_package}});
  }
  for (const Scene::Invitation& invitation : scene.invitations()) {
    add(invitation.welcome.name,
        {{NumberOf(kReadWelcome), 0, 0, invitation.welcome.input, invitation.tree}});
  }
  for (std::uint8_t call = 0; call < kCalls.size(); ++call) {
    add("call_" + std::to_string(call), {{call, 2, 32, scene.group_id(), ToBytes("second")}});
  }
  return seeds;
}

const Registration kTarget({"c_api", Run, Seeds, MutateInput<Program>});

}  // namespace

}  // namespace conclave::fuzz
