// Where the nodes of a ratchet tree go in a drawing. The tree grows from left to right, a leaf to a
// row, so that names stand upright; a wide tree is cut into columns, and what is above their roots
// is drawn over them, from top to bottom.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "tree_view.h"

namespace conclave::inspector {

struct Point {
  double x = 0;
  double y = 0;
};

// In pixels.
struct LayoutSizes {
  double row = 26;
  double level = 64;        // from a node to its children
  double upper_level = 34;  // the same, above the columns
  double margin = 30;
  double least_label = 60;          // what is kept free behind leaves
  std::vector<double> labels = {};  // and what their names take
  double top = 0;                   // what is kept free for the heading
};

class TreeLayout {
 public:
  TreeLayout(const TreeView& view, const LayoutSizes& sizes);

  // Nothing for a node in a subtree without members: only its topmost node is drawn.
  const std::optional<Point>& at(NodeIndex index) const { return places_[index.value]; }
  bool IsAboveColumns(NodeIndex index) const { return Level(index) > column_level_; }
  double width() const { return width_; }
  double height() const { return height_; }

 private:
  void PlaceColumns(NodeIndex at);
  double LabelWidth(NodeIndex column) const;
  double PlaceInColumn(NodeIndex at, double left);
  double PlaceAbove(NodeIndex at);

  const TreeView& view_;
  const LayoutSizes& sizes_;
  std::uint32_t column_level_;  // of the roots of columns
  std::vector<std::optional<Point>> places_;
  double columns_top_;
  double next_left_;
  double next_row_ = 0;
  double width_ = 0;
  double height_ = 0;
};

}  // namespace conclave::inspector
