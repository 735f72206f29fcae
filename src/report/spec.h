#pragma once
// Pieces of Vega-Lite specifications, and the look that all figures share.

#include <string>

#include "seedscape/report/report.h"
#include "view.h"

namespace seedscape::spec {

inline constexpr const char* kBlue = "#0b5394";
inline constexpr const char* kOrange = "#c2510a";
inline constexpr const char* kGrey = "#6e7781";

/// A whole specification: `body` (mark and encoding, layers, a facet or a concatenation) over the data set "rows".
Json with_rows(const Json& rows, const Json& body);

/// A channel that shows a number.
Json quantity(const std::string& field, const std::string& title);

/// A channel that shows a number from 0 to 1, or any other for unbounded views.
Json score(const View& view, const std::string& field, const std::string& title);

/// The scales of an axis in their order, equally far apart: they only order.
Json scales(const View& view);

/// The same as panels: the field "panel" in the order of the field "order".
Json panels();

/// A colour and a dash or a shape for each text of a field: readable without colour too.
Json colours(const std::string& field, const std::vector<std::string>& domain, const std::string& title);
Json dashes(const std::string& field, const std::vector<std::string>& domain, const std::string& title);
Json shapes(const std::string& field, const std::vector<std::string>& domain, const std::string& title);

/// Dashed where a test of ours holds, without a legend of its own.
Json dash_if(const std::string& test);

/// A line across at a number: x or y.
Json rule_at(const char* channel, double value);

/// Panels side by side, `width` x `height` each.
Json facet(const Json& by, int columns, int width, int height, const Json& layers);

}  // namespace seedscape::spec
