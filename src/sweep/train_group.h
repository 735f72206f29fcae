#pragma once
// One seed group, from its first weights or its checkpoint to a record of each run.

#include <string>

#include "group_trainer.h"
#include "work_queue.h"

namespace seedscape {

/// A record with nothing in it yet but whose it is and where it was made.
SeedRecord new_record(const PendingRun& pending, const std::string& device);

/// Trains the runs of a group in lockstep, evaluates them, and keeps the curves and the weights that the config asks
/// for. Before that, finished trainings which only lack test lengths are evaluated one by one from their stored
/// weights, if they are there and are those of their record. A run that ends early or diverges leaves its neighbours
/// as they are. Every store.checkpoint_every seconds, and when it is interrupted, the group's state is stored; that
/// goes when the group has ended.
///
/// Throws: Interrupted soon after `stopped` says so, within a step or a batch of test problems
void train_group(WorkItem& item, const Worker& worker);

}  // namespace seedscape
