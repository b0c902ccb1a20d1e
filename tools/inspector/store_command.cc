// `conclave db`, in a build with SqliteStorage and in one without.
#include "commands.h"
#ifdef CONCLAVE_INSPECTOR_SQLITE
#include "store.h"
#endif

namespace conclave::inspector {

#ifdef CONCLAVE_INSPECTOR_SQLITE
Exit ShowStore(const std::string& file, bool is_json, bool has_colours, std::ostream& out) {
  const Store store = ReadStore(file);
  if (is_json) {
    out << RenderStoreJson(store).dump(2) << "\n";
  } else {
    out << RenderStoreText(store, has_colours);
  }
  return Exit::done;
}
#else
Exit ShowStore(const std::string&, bool, bool, std::ostream&) {
  throw Trouble(Exit::unavailable, "this build has no SQLite");
}
#endif

}  // namespace conclave::inspector
