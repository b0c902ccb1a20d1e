// How the model makes a failure short: by leaving out operations, ever fewer at a time, then
// details of those that remain, for as long as what remains disagrees in the same way.
#include <algorithm>

#include "model/run.h"

namespace conclave::testing::model {

namespace {

class Shrinker {
 public:
  explicit Shrinker(Script script) : best_(std::move(script)) {
    const Report report = Replay(best_);
    wanted_ = report.disagreement;
    if (wanted_.has_value()) best_ = report.script;  // nothing behind the failure
  }

  Script Run() {
    if (!wanted_.has_value()) return best_;
    for (bool progresses = true; progresses;) {
      progresses = false;
      for (std::size_t size = best_.operations.size() / 2; size > 0; size /= 2) {
        progresses = LeaveOut(size) || progresses;
      }
      progresses = LeaveOutDetails() || progresses;
      progresses = LowerValues() || progresses;
    }
    return best_;
  }

 private:
  bool Try(std::vector<Operation> operations) {
    const Report report = Replay({best_.setting, std::move(operations)});
    if (report.disagreement != wanted_) return false;
    best_ = report.script;
    return true;
  }

  // From the end: what was done last matters most.
  bool LeaveOut(std::size_t size) {
    bool progresses = false;
    for (std::size_t end = best_.operations.size(); end > 0;) {
      const std::size_t begin = end - std::min(end, size);
      std::vector<Operation> fewer = best_.operations;
      fewer.erase(fewer.begin() + static_cast<std::ptrdiff_t>(begin),
                  fewer.begin() + static_cast<std::ptrdiff_t>(std::min(end, fewer.size())));
      const std::size_t before = best_.operations.size();
      const bool shorter = !fewer.empty() && fewer.size() < before && Try(std::move(fewer));
      progresses = progresses || shorter;
      end = std::min(begin, best_.operations.size());
    }
    return progresses;
  }

  bool LeaveOutDetails() {
    bool progresses = false;
    for (std::size_t i = 0; i < best_.operations.size(); ++i) {
      for (std::size_t j = best_.operations[i].details.size(); j > 0; --j) {
        if (i >= best_.operations.size() || j > best_.operations[i].details.size()) break;
        const Key key = best_.operations[i].details[j - 1].key;
        if (key == Key::who || key == Key::group) continue;
        std::vector<Operation> simpler = best_.operations;
        simpler[i].details.erase(simpler[i].details.begin() + static_cast<std::ptrdiff_t>(j) - 1);
        progresses = Try(std::move(simpler)) || progresses;
      }
    }
    return progresses;
  }

  // Of what is a number and not the name of something.
  bool LowerValues() {
    bool progresses = false;
    for (std::size_t i = 0; i < best_.operations.size(); ++i) {
      for (std::size_t j = 0; j < best_.operations[i].details.size(); ++j) {
        const Detail detail = best_.operations[i].details[j];
        const bool is_number = detail.key == Key::flip || detail.key == Key::cut ||
                               detail.key == Key::grow || detail.key == Key::extensions;
        if (!is_number || detail.value == 0) continue;
        std::vector<Operation> simpler = best_.operations;
        simpler[i].details[j].value /= 2;
        progresses = Try(std::move(simpler)) || progresses;
        if (i >= best_.operations.size()) return progresses;
      }
    }
    return progresses;
  }

  Script best_;
  std::optional<std::string> wanted_;
};

}  // namespace

Script Shrink(const Script& script) { return Shrinker(script).Run(); }

}  // namespace conclave::testing::model
