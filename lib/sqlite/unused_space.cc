#include "sqlite/unused_space.h"

#include <algorithm>
#include <cstddef>
#include <type_traits>

#include "conclave/secret.h"
#include "sqlite/statement.h"

namespace conclave::sqlite {

namespace {

constexpr std::size_t kFileHeaderSize = 100;

std::size_t ReadUint16(BytesView bytes, std::size_t offset) {
  return static_cast<std::size_t>(bytes[offset] << 8 | bytes[offset + 1]);
}

// The size of the header of a page of a B-tree, by its first byte; 0: it is none.
std::size_t HeaderSize(std::uint8_t type) {
  switch (type) {
    case 2:  // interior, index or table without rowid
    case 5:  // interior, table
      return 12;
    case 10:  // leaf, index or table without rowid
    case 13:  // leaf, table
      return 8;
    default:
      return 0;
  }
}

}  // namespace

BytesView GapOf(BytesView page, bool is_first) {
  // Pages that are of no B-tree begin with the number of another page, which is below 2^25
  // (kMaxPageCount), so with 0 or 1.
  const std::size_t at = is_first ? kFileHeaderSize : 0;
  if (page.size() < at + 12) return {};
  const std::size_t header_size = HeaderSize(page[at]);
  if (header_size == 0) return {};
  const std::size_t index = at + header_size;
  const std::size_t gap = index + 2 * ReadUint16(page, at + 3);
  std::size_t content = ReadUint16(page, at + 5);
  if (content == 0) content = 65536;
  if (gap > content || content > page.size()) return {};
  // A damaged page is left to SQLite to find.
  for (std::size_t entry = index; entry < gap; entry += 2) {
    if (ReadUint16(page, entry) < content) return {};
  }
  return page.subspan(gap, content - gap);
}

int GapZeroingWrites::Write(sqlite3_file* file, const void* data, int size, sqlite3_int64 offset) {
  static_assert(std::is_standard_layout_v<GapZeroingWrites>);
  const auto* const self = reinterpret_cast<const GapZeroingWrites*>(file->pMethods);
  const BytesView page(static_cast<const std::uint8_t*>(data), static_cast<std::size_t>(size));
  const BytesView gap = GapOf(page, offset == 0);
  if (std::ranges::all_of(gap, [](std::uint8_t byte) { return byte == 0; })) {
    return self->original_->xWrite(file, data, size, offset);
  }
  Secret cleaned = Secret::CopyOf(page);
  const auto start = static_cast<std::size_t>(gap.data() - page.data());
  std::ranges::fill(cleaned.MutableForProvider().subspan(start, gap.size()), std::uint8_t{0});
  return self->original_->xWrite(file, cleaned.ExposeForProvider().data(), size, offset);
}

Result<void> GapZeroingWrites::Attach(sqlite3* connection) {
  sqlite3_file* file = nullptr;
  const int code = sqlite3_file_control(connection, "main", SQLITE_FCNTL_FILE_POINTER,
                                        static_cast<void*>(&file));
  if (code != SQLITE_OK) return ErrorOf(code);
  if (file == nullptr || file->pMethods == nullptr) return ErrorOf(SQLITE_CANTOPEN);
  original_ = file->pMethods;
  methods_ = *original_;
  methods_.iVersion = std::min(methods_.iVersion, 3);  // the one that we know
  methods_.xWrite = &GapZeroingWrites::Write;
  file->pMethods = &methods_;
  return {};
}

}  // namespace conclave::sqlite
