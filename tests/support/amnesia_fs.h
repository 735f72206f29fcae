#pragma once
// A disk in memory that forgets in a power cut what was not synced.

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "seedscape/base/fs.h"
#include "seedscape/base/rng.h"

namespace seedscape {

/// What a power cut does to whatever had not been synced: it is gone; it stops somewhere in its middle, the rest of a
/// block zero; some of it is there and some is not, in any order, as file systems without a journal leave it.
enum class Loss { drop, tear, reorder };

/// Files hold what was written (seen by all) and what is durable. A file's content becomes durable by its fsync, the
/// names in a folder by the folder's. Power goes off before the call number `last` + 1 that changes anything; from then
/// on every call fails.
class AmnesiaFs final : public Fs {
 public:
  explicit AmnesiaFs(std::optional<int> last = std::nullopt) : last_(last) { nodes_[kRoot].folder = true; }

  /// Calls so far that changed something.
  int changes() const { return changes_; }

  /// The disk that the next process finds. Draws what is lost from `seed`.
  AmnesiaFs after_power_cut(Loss loss, std::uint64_t seed, std::optional<int> last = std::nullopt) const {
    AmnesiaFs next(last);
    next.nodes_.clear();
    std::uint32_t draws = 0;
    const auto draw = [&](std::uint64_t below) { return draw_below(seed, draws++, below); };
    for (const auto& [number, node] : nodes_) {
      Node& kept = next.nodes_[number];
      kept.folder = node.folder;
      kept.durable = node.durable;
      if (node.data != node.durable) kept.durable = survivor(node, loss, draw);
      kept.data = kept.durable;
      std::size_t count = 0;  // of the changes to a folder that survive
      if (loss == Loss::tear) count = draw(node.unsynced.size() + 1);
      kept.durable_names = node.durable_names;
      for (std::size_t i = 0; i < node.unsynced.size(); ++i) {
        const bool survives = loss == Loss::reorder ? draw(2) == 1 : i < count;
        if (survives) apply(node.unsynced[i], kept.durable_names);
      }
      kept.names = kept.durable_names;
    }
    next.next_node_ = next_node_;
    return next;
  }

  AmnesiaFs(AmnesiaFs&& other) noexcept
      : last_(other.last_), nodes_(std::move(other.nodes_)), next_node_(other.next_node_) {}

  int open(const char* file, int flags, mode_t) override {
    const std::lock_guard lock(mutex_);
    const auto place = find(file);
    if (!place) return fail(ENOENT);
    auto number = place->number;
    if (number && (flags & O_EXCL) != 0) return fail(EEXIST);
    if (!number) {
      if ((flags & O_CREAT) == 0) return fail(ENOENT);
      if (!powered_change()) return fail(EIO);
      number = next_node_++;
      nodes_[*number];
      change(place->folder, {{place->name, number}});
    }
    if (!powered()) return fail(EIO);
    descriptors_[next_descriptor_] = {*number, 0};
    return next_descriptor_++;
  }

  ssize_t read(int descriptor, void* to, std::size_t count) override {
    const std::lock_guard lock(mutex_);
    if (!powered()) return fail(EIO);
    Descriptor& open = descriptors_.at(descriptor);
    const std::string& data = nodes_.at(open.node).data;
    const std::size_t got = std::min(count, data.size() - std::min(open.place, data.size()));
    std::memcpy(to, data.data() + open.place, got);
    open.place += got;
    return static_cast<ssize_t>(got);
  }

  ssize_t write(int descriptor, const void* from, std::size_t count) override {
    const std::lock_guard lock(mutex_);
    if (!powered_change()) return fail(EIO);
    // Files are new, appended to, or emptied first: writing is appending.
    nodes_.at(descriptors_.at(descriptor).node).data.append(static_cast<const char*>(from), count);
    return static_cast<ssize_t>(count);
  }

  int fsync(int descriptor) override {
    const std::lock_guard lock(mutex_);
    if (!powered_change()) return fail(EIO);
    Node& node = nodes_.at(descriptors_.at(descriptor).node);
    node.durable = node.data;
    node.durable_names = node.names;
    node.unsynced.clear();
    return 0;
  }

  int ftruncate(int descriptor, off_t size) override {
    const std::lock_guard lock(mutex_);
    if (!powered_change()) return fail(EIO);
    nodes_.at(descriptors_.at(descriptor).node).data.resize(static_cast<std::size_t>(size));
    return 0;
  }

  int close(int descriptor) override {
    const std::lock_guard lock(mutex_);
    descriptors_.erase(descriptor);
    return powered() ? 0 : fail(EIO);
  }

  int fstat(int descriptor, struct stat* about) override {
    const std::lock_guard lock(mutex_);
    if (!powered()) return fail(EIO);
    describe(descriptors_.at(descriptor).node, about);
    return 0;
  }

  int stat(const char* file, struct stat* about) override {
    const std::lock_guard lock(mutex_);
    if (!powered()) return fail(EIO);
    const auto place = find(file);
    if (!place || !place->number) return fail(ENOENT);
    describe(*place->number, about);
    return 0;
  }

  int rename(const char* from, const char* to) override {
    const std::lock_guard lock(mutex_);
    const auto source = find(from), target = find(to);
    if (!source || !source->number || !target) return fail(ENOENT);
    if (!powered_change()) return fail(EIO);
    change(source->folder, {{source->name, std::nullopt}, {target->name, source->number}});
    return 0;
  }

  int unlink(const char* file) override {
    const std::lock_guard lock(mutex_);
    const auto place = find(file);
    if (!place || !place->number) return fail(ENOENT);
    if (!powered_change()) return fail(EIO);
    change(place->folder, {{place->name, std::nullopt}});
    return 0;
  }

  int mkdir(const char* folder, mode_t) override {
    const std::lock_guard lock(mutex_);
    const auto place = find(folder);
    if (!place) return fail(ENOENT);
    if (place->number) return fail(EEXIST);
    if (!powered_change()) return fail(EIO);
    nodes_[next_node_].folder = true;
    change(place->folder, {{place->name, next_node_++}});
    return 0;
  }

  int lock(int) override { return 0; }

  int list(const char* folder, std::vector<std::string>& names) override {
    const std::lock_guard lock(mutex_);
    if (!powered()) return fail(EIO);
    const auto place = find(folder);
    if (!place || !place->number) return fail(ENOENT);
    for (const auto& [name, number] : nodes_.at(*place->number).names) names.push_back(name);
    return 0;
  }

 private:
  using Names = std::map<std::string, std::uint64_t>;
  using NameChange = std::vector<std::pair<std::string, std::optional<std::uint64_t>>>;  // all of it or nothing

  struct Node {
    bool folder = false;
    std::string data, durable;
    Names names, durable_names;
    std::vector<NameChange> unsynced;
  };
  struct Descriptor {
    std::uint64_t node = 0;
    std::size_t place = 0;
  };
  struct Place {
    std::uint64_t folder = 0;
    std::string name;
    std::optional<std::uint64_t> number;
  };

  static constexpr std::uint64_t kRoot = 1;

  static std::uint64_t draw_below(std::uint64_t seed, std::uint32_t number, std::uint64_t below) {
    return Rng(seed, Purpose::resampling, 0, number).below(below);
  }

  template <class Draw>
  static std::string survivor(const Node& node, Loss loss, const Draw& draw) {
    if (loss == Loss::drop) return node.durable;
    if (!node.data.starts_with(node.durable)) return draw(2) == 0 ? node.durable : node.data;
    std::string kept = node.data.substr(0, node.durable.size() + draw(node.data.size() - node.durable.size() + 1));
    if (loss == Loss::reorder && kept.size() > node.durable.size()) {
      const std::size_t hole = node.durable.size() + draw(kept.size() - node.durable.size());
      std::fill(kept.begin() + static_cast<std::ptrdiff_t>(hole), kept.end(), '\0');
    }
    return kept;
  }

  static void apply(const NameChange& change, Names& names) {
    for (const auto& [name, number] : change) {
      if (number) {
        names[name] = *number;
      } else {
        names.erase(name);
      }
    }
  }

  bool powered() const { return !last_ || changes_ <= *last_; }
  bool powered_change() {
    if (powered()) ++changes_;
    return powered();
  }

  static int fail(int why) {
    errno = why;
    return -1;
  }

  void change(std::uint64_t folder, const NameChange& what) {
    Node& node = nodes_.at(folder);
    apply(what, node.names);
    node.unsynced.push_back(what);
  }

  void describe(std::uint64_t number, struct stat* about) const {
    const Node& node = nodes_.at(number);
    *about = {};
    about->st_mode = node.folder ? S_IFDIR : S_IFREG;
    about->st_size = static_cast<off_t>(node.data.size());
  }

  /// Nothing if a folder on the way does not exist.
  std::optional<Place> find(const std::string& path) const {
    Place place{0, "", kRoot};
    std::size_t begin = 0;
    while (begin < path.size()) {
      const std::size_t end = std::min(path.find('/', begin), path.size());
      const std::string name = path.substr(begin, end - begin);
      begin = end + 1;
      if (name.empty() || name == ".") continue;
      if (!place.number || !nodes_.at(*place.number).folder) return std::nullopt;
      const Names& names = nodes_.at(*place.number).names;
      const auto found = names.find(name);
      place = {*place.number, name, found == names.end() ? std::nullopt : std::optional(found->second)};
    }
    return place;
  }

  std::mutex mutex_;
  std::optional<int> last_;
  std::map<std::uint64_t, Node> nodes_;
  std::map<int, Descriptor> descriptors_;
  std::uint64_t next_node_ = kRoot + 1;
  int next_descriptor_ = 3, changes_ = 0;
};

}  // namespace seedscape
