#include "tree_layout.h"

#include <algorithm>

namespace conclave::inspector {

namespace {

// Up to so many leaves a tree is one column.
constexpr std::uint32_t kLowestColumn = 6;  // 64 leaves

// About as high as all columns together are wide, if a column is thirty times as wide as a row is
// high.
std::uint32_t ColumnLevel(std::uint32_t width) {
  const std::uint32_t height = Level(Root(width));
  if (height <= kLowestColumn) return height;
  std::uint32_t level = kLowestColumn;
  while ((std::uint64_t{1} << (2 * level)) < std::uint64_t{20} * width) ++level;
  return std::min(level, height);
}

}  // namespace

TreeLayout::TreeLayout(const TreeView& view, const LayoutSizes& sizes)
    : view_(view),
      sizes_(sizes),
      column_level_(ColumnLevel(view.width)),
      places_(view.nodes.size()) {
  const NodeIndex root = Root(view.width);
  columns_top_ = sizes.top + sizes.upper_level * (Level(root) - column_level_) + sizes.row;
  next_left_ = sizes.margin;
  PlaceColumns(root);
  PlaceAbove(root);
  width_ = next_left_;
  height_ += sizes.margin;
}

void TreeLayout::PlaceColumns(NodeIndex at) {
  if (IsAboveColumns(at)) {
    PlaceColumns(Left(at));
    PlaceColumns(Right(at));
    return;
  }
  next_row_ = columns_top_;
  PlaceInColumn(at, next_left_);
  height_ = std::max(height_, next_row_);
  next_left_ += column_level_ * sizes_.level + LabelWidth(at) + sizes_.margin;
}

double TreeLayout::LabelWidth(NodeIndex column) const {
  double widest = sizes_.least_label;
  const std::size_t end = std::size_t{FirstLeaf(column).value} + LeafSpan(column);
  for (std::size_t leaf = FirstLeaf(column).value; leaf < std::min(end, sizes_.labels.size());
       ++leaf) {
    widest = std::max(widest, sizes_.labels[leaf]);
  }
  return widest;
}

double TreeLayout::PlaceInColumn(NodeIndex at, double left) {
  double y = next_row_;
  if (IsLeaf(at) || view_.at(at).members == 0) {
    next_row_ += sizes_.row;
  } else {
    const double upper = PlaceInColumn(Left(at), left);
    y = (upper + PlaceInColumn(Right(at), left)) / 2;
  }
  places_[at.value] = Point{left + (column_level_ - Level(at)) * sizes_.level, y};
  return y;
}

double TreeLayout::PlaceAbove(NodeIndex at) {
  if (!IsAboveColumns(at)) return places_[at.value]->x;
  const double first = PlaceAbove(Left(at));
  const double x = (first + PlaceAbove(Right(at))) / 2;
  const std::uint32_t depth = Level(Root(view_.width)) - Level(at);
  places_[at.value] = Point{x, sizes_.top + depth * sizes_.upper_level};
  return x;
}

}  // namespace conclave::inspector
