// Opens the training library on its first use, so that commands which do not train start without LibTorch.

#include <dlfcn.h>
#include <filesystem>

#include "seedscape/base/error.h"
#include "seedscape/train/trainer.h"

namespace seedscape {

namespace {

/// The library lies beside the program, or in the folder above it (programs in a subfolder of the build).
void* training_library() {
  static void* const library = [] {
    const std::filesystem::path folder = std::filesystem::read_symlink("/proc/self/exe").parent_path();
    std::string problem;
    for (const std::filesystem::path& place : {folder, folder.parent_path()}) {
      const std::filesystem::path file = place / "libseedscape_train.so";
      if (!std::filesystem::exists(file)) continue;
      if (void* handle = dlopen(file.c_str(), RTLD_NOW | RTLD_GLOBAL)) return handle;
      problem = dlerror();
    }
    throw Error(ErrorKind::resources, "cannot load the training library: " +
                                          (problem.empty() ? "no libseedscape_train.so beside the program" : problem));
  }();
  return library;
}

template <class Function>
Function* find_function(const char* name) {
  void* const symbol = dlsym(training_library(), name);
  if (symbol == nullptr) throw Error(ErrorKind::resources, std::string("the training library lacks ") + name);
  return reinterpret_cast<Function*>(symbol);
}

}  // namespace

std::unique_ptr<Trainer> make_trainer(const TrainerSetup& setup) {
  return std::unique_ptr<Trainer>(find_function<Trainer*(const TrainerSetup*)>("seedscape_make_trainer")(&setup));
}

std::vector<std::string> train_devices(const std::string& asked) {
  const std::unique_ptr<std::vector<std::string>> devices(
      find_function<std::vector<std::string>*(const char*)>("seedscape_train_devices")(asked.c_str()));
  return *devices;
}

nlohmann::json train_fingerprint(const std::string& device) {
  const std::unique_ptr<nlohmann::json> fingerprint(
      find_function<nlohmann::json*(const char*)>("seedscape_train_fingerprint")(device.c_str()));
  return *fingerprint;
}

std::map<std::string, OperationTime> step_profile(const TrainerSetup& setup, int steps) {
  std::map<std::string, OperationTime> profile;
  find_function<void(const TrainerSetup*, int, std::map<std::string, OperationTime>*)>("seedscape_step_profile")(
      &setup, steps, &profile);
  return profile;
}

std::optional<Card> find_card(const std::string& device) {
  const std::unique_ptr<Card> card(find_function<Card*(const char*)>("seedscape_find_card")(device.c_str()));
  return card != nullptr ? std::optional(*card) : std::nullopt;
}

NoGpu why_no_gpu() {
  const std::unique_ptr<NoGpu> answer(find_function<NoGpu*()>("seedscape_why_no_gpu")());
  return *answer;
}

std::string about_gpu_half() {
  const std::unique_ptr<std::string> answer(find_function<std::string*()>("seedscape_about_gpu_half")());
  return *answer;
}

double peak_bytes(const std::string& device) {
  return find_function<double(const char*)>("seedscape_peak_bytes")(device.c_str());
}

double peak_flops(const std::string& device, const std::string& precision) {
  return find_function<double(const char*, const char*)>("seedscape_peak_flops")(device.c_str(), precision.c_str());
}

}  // namespace seedscape
