// Standbys, slots, and a standby's own side.

#include "web/pages/view.hpp"

namespace pgsextant::web {
namespace {

Data bytes(const std::optional<Bytes>& value) {
  return value ? figure(static_cast<double>(value->value), Unit::bytes) : Data(false);
}

Data seconds(const std::optional<Seconds>& value) {
  return value ? figure(value->count(), Unit::seconds) : Data(false);
}

Data standby(const Standby& each) {
  return Object{{"name", text(each.application)},
                {"client", text_or_none(each.client)},
                {"state", text(each.state)},
                {"sync", text(each.sync_state)},
                {"sent", bytes(each.sent.bytes)},
                {"flushed", bytes(each.flushed.bytes)},
                {"replayed", bytes(each.replayed.bytes)},
                {"lag", seconds(each.replayed.seconds)}};
}

Data slot(const ReplicationSlot& each) {
  return Object{{"name", text(each.name)},
                {"type", text(each.type)},
                {"database", text_or_none(each.database)},
                {"active", Data(each.active)},
                {"status", text_or_none(each.wal_status)},
                {"retained", bytes(each.retained)}};
}

Data receiver(const WalReceiver& each) {
  return Object{
      {"status", text(each.status.empty() ? "no receiver runs: the link is cut, or files are replayed" : each.status)},
      {"host", text_or_none(each.sender_host)},
      {"backlog", bytes(each.replay_backlog)},
      {"lag", seconds(each.replay_lag)},
      {"last_message", seconds(each.last_message_age)},
      {"paused", Data(each.replay_paused)}};
}

}  // namespace

Data replication_section(const PageScope& scope) {
  const auto& part = scope.snapshot().replication;
  if (!part) return Data(false);
  List standbys;
  for (const Standby& each : part->standbys) standbys.push_back(standby(each));
  List slots;
  for (const ReplicationSlot& each : part->slots) slots.push_back(slot(each));
  const bool any_standby = !standbys.empty();
  const bool any_slot = !slots.empty();
  return Object{{"standbys", standbys},
                {"has_standbys", Data(any_standby)},
                {"slots", slots},
                {"has_slots", Data(any_slot)},
                {"receiver", part->receiver ? receiver(*part->receiver) : Data(false)},
                {"none", Data(!any_standby && !any_slot && !part->receiver)}};
}

}  // namespace pgsextant::web
