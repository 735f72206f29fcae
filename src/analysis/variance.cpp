#include "seedscape/analysis/variance.h"

#include <algorithm>
#include <vector>

namespace seedscape {

namespace {

VarianceShares shares(double init, double data, double interaction) {
  const double total = init + data + interaction;
  return {init / total, data / total, interaction / total};
}

double square(double x) { return x * x; }

}  // namespace

std::optional<GridVariance> grid_variance(std::span<const double> y, std::size_t init_count, std::size_t data_count) {
  const auto [least, most] = std::ranges::minmax_element(y);
  if (y.empty() || *least == *most) return std::nullopt;
  const auto rows = static_cast<double>(init_count), columns = static_cast<double>(data_count);
  std::vector<double> row_mean(init_count), column_mean(data_count);
  double mean = 0;
  for (std::size_t i = 0; i < init_count; ++i) {
    for (std::size_t j = 0; j < data_count; ++j) {
      row_mean[i] += y[i * data_count + j] / columns;
      column_mean[j] += y[i * data_count + j] / rows;
      mean += y[i * data_count + j] / (rows * columns);
    }
  }
  double init = 0, data = 0, interaction = 0;
  for (const double a : row_mean) init += columns * square(a - mean);
  for (const double b : column_mean) data += rows * square(b - mean);
  for (std::size_t i = 0; i < init_count; ++i) {
    for (std::size_t j = 0; j < data_count; ++j)
      interaction += square(y[i * data_count + j] - row_mean[i] - column_mean[j] + mean);
  }
  GridVariance variance{.squares = shares(init, data, interaction)};
  if (init_count > 1 && data_count > 1) {
    const double left = interaction / ((rows - 1) * (columns - 1));
    const double of_init = std::max(0.0, (init / (rows - 1) - left) / columns);
    const double of_data = std::max(0.0, (data / (columns - 1) - left) / rows);
    variance.components = shares(of_init, of_data, left);
  }
  return variance;
}

}  // namespace seedscape
