#include "sql/shape.hpp"

#include <utility>

#include "sql/shape_builder.hpp"
#include "sql/single_statement.hpp"

namespace pgsextant::sql {

Result<Shape> shape(std::string_view text, const ColumnResolver* resolver) {
  Shape shape;
  if (auto failure = with_single_statement(text, [&](const Tree& tree) {
        shape = ShapeBuilder(resolver).build(tree.statement());
        return std::nullopt;
      })) {
    return *std::move(failure);
  }
  return shape;
}

}  // namespace pgsextant::sql
