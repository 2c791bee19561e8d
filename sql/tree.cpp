#include "sql/tree.hpp"

#include <pg_query.h>

#include <cstdint>
#include <utility>
#include <vector>

namespace pgsextant::sql {
namespace {

std::vector<std::uint8_t> pack(const PgQuery__ParseResult& result) {
  std::vector<std::uint8_t> bytes(pg_query__parse_result__get_packed_size(&result));
  pg_query__parse_result__pack(&result, bytes.data());
  return bytes;
}

Result<std::string> deparse(const PgQuery__ParseResult& parsed) {
  auto bytes = pack(parsed);
  const PgQueryDeparseResult result = pg_query_deparse_protobuf({bytes.size(), reinterpret_cast<char*>(bytes.data())});
  std::string text = result.query != nullptr ? result.query : "";
  const bool failed = result.error != nullptr;
  pg_query_free_deparse_result(result);
  if (failed) return Failure{Outcome::unsupported, "the statement cannot be written back as SQL", ""};
  return text;
}

/// Cuts column references to their last part for as long as it lives. The tree is ours and not shared.
class Unqualified {
 public:
  explicit Unqualified(const Node& root) {
    for_each_message(root.base, [this](const Message& message) {
      if (const auto* found = as<PgQuery__ColumnRef>(message, pg_query__column_ref__descriptor)) {
        auto* reference = const_cast<PgQuery__ColumnRef*>(found);
        if (reference->n_fields > 1) {
          saved_.emplace_back(reference, reference->n_fields);
          reference->fields += reference->n_fields - 1;
          reference->n_fields = 1;
        }
        return false;
      }
      return true;
    });
  }
  Unqualified(const Unqualified&) = delete;
  Unqualified& operator=(const Unqualified&) = delete;
  ~Unqualified() {
    for (const auto& [reference, n] : saved_) {
      reference->fields -= n - 1;
      reference->n_fields = n;
    }
  }

 private:
  std::vector<std::pair<PgQuery__ColumnRef*, std::size_t>> saved_;
};

/// The sub-messages that a field holds; all messages begin with their base, so any pointer to one is a Message*.
std::span<const Message* const> children(const Message& message, const ProtobufCFieldDescriptor& field) {
  if (field.type != PROTOBUF_C_TYPE_MESSAGE) return {};
  const auto* bytes = reinterpret_cast<const std::byte*>(&message);
  if (field.label == PROTOBUF_C_LABEL_REPEATED) {
    const auto n = *reinterpret_cast<const std::size_t*>(bytes + field.quantifier_offset);
    return {*reinterpret_cast<const Message* const* const*>(bytes + field.offset), n};
  }
  if ((field.flags & PROTOBUF_C_FIELD_FLAG_ONEOF) != 0 &&
      *reinterpret_cast<const std::uint32_t*>(bytes + field.quantifier_offset) != field.id) {
    return {};
  }
  const auto* member = reinterpret_cast<const Message* const*>(bytes + field.offset);
  return {member, *member != nullptr ? std::size_t{1} : std::size_t{0}};
}

}  // namespace

Result<Tree> Tree::parse(std::string_view text) {
  const PgQueryProtobufParseResult parsed = pg_query_parse_protobuf(std::string(text).c_str());
  if (parsed.error != nullptr) {
    // The message may quote a literal: only where it is wrong is passed on.
    std::string message = "not valid SQL, at character " + std::to_string(parsed.error->cursorpos);
    pg_query_free_protobuf_parse_result(parsed);
    return Failure{Outcome::invalid_input, std::move(message), ""};
  }
  auto* unpacked = pg_query__parse_result__unpack(nullptr, parsed.parse_tree.len,
                                                  reinterpret_cast<const std::uint8_t*>(parsed.parse_tree.data));
  pg_query_free_protobuf_parse_result(parsed);
  if (unpacked == nullptr) return Failure{Outcome::invalid_input, "the parse tree cannot be read", ""};
  Tree tree(unpacked);
  for (std::size_t i = 0; i < unpacked->n_stmts; ++i) {
    if (unpacked->stmts[i]->stmt == nullptr) {
      return Failure{Outcome::invalid_input, "an empty statement", ""};
    }
  }
  return tree;
}

Result<std::string> Tree::deparse() const { return sql::deparse(*result_); }

void for_each_message(const Message& root, const std::function<bool(const Message&)>& visit) {
  if (!visit(root)) return;
  for (unsigned i = 0; i < root.descriptor->n_fields; ++i) {
    for (const Message* child : children(root, root.descriptor->fields[i])) for_each_message(*child, visit);
  }
}

std::string_view string_of(const Node* node) {
  if (node == nullptr || node->node_case != PG_QUERY__NODE__NODE_STRING) return {};
  return node->string->sval;
}

std::string_view last_name(Node** names, std::size_t n) {
  return n == 0 ? std::string_view{} : string_of(names[n - 1]);
}

void call_extract_as_function(const Tree& tree) {
  for_each_message(tree.message(), [](const Message& message) {
    const auto* call = as<PgQuery__FuncCall>(message, pg_query__func_call__descriptor);
    if (call != nullptr && call->n_args > 0 && call->args[0]->node_case == PG_QUERY__NODE__NODE_PARAM_REF &&
        last_name(call->funcname, call->n_funcname) == "extract") {
      const_cast<PgQuery__FuncCall*>(call)->funcformat = PG_QUERY__COERCION_FORM__COERCE_EXPLICIT_CALL;
    }
    return true;
  });
}

std::string deparse_unqualified(const Node& expression) {
  const Unqualified scope(expression);
  PgQuery__ResTarget target;
  pg_query__res_target__init(&target);
  target.val = const_cast<Node*>(&expression);
  Node target_node;
  pg_query__node__init(&target_node);
  target_node.node_case = PG_QUERY__NODE__NODE_RES_TARGET;
  target_node.res_target = &target;
  Node* targets[] = {&target_node};
  PgQuery__SelectStmt select;
  pg_query__select_stmt__init(&select);
  select.n_target_list = 1;
  select.target_list = targets;
  select.limit_option = PG_QUERY__LIMIT_OPTION__LIMIT_OPTION_DEFAULT;
  select.op = PG_QUERY__SET_OPERATION__SETOP_NONE;
  Node statement;
  pg_query__node__init(&statement);
  statement.node_case = PG_QUERY__NODE__NODE_SELECT_STMT;
  statement.select_stmt = &select;
  PgQuery__RawStmt raw;
  pg_query__raw_stmt__init(&raw);
  raw.stmt = &statement;
  PgQuery__RawStmt* statements[] = {&raw};
  PgQuery__ParseResult result;
  pg_query__parse_result__init(&result);
  result.version = PG_VERSION_NUM;
  result.n_stmts = 1;
  result.stmts = statements;
  const auto text = deparse(result);
  constexpr std::string_view prefix = "SELECT ";
  if (!text || !text->starts_with(prefix)) return {};
  return text->substr(prefix.size());
}

}  // namespace pgsextant::sql
