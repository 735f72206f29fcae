#include "spec.h"

#include <set>

namespace seedscape::spec {

namespace {

constexpr const char* kSchema = "https://vega.github.io/schema/vega-lite/v6.json";
constexpr const char* kFont = "system-ui, -apple-system, 'Segoe UI', 'DejaVu Sans', sans-serif";

Json theme() {
  return {{"font", kFont},
          {"view", {{"stroke", nullptr}}},
          {"axis",
           {{"labelFontSize", 12},
            {"titleFontSize", 12.5},
            {"titleFontWeight", "normal"},
            {"labelColor", "#1b1f24"},
            {"titleColor", "#1b1f24"},
            {"gridColor", "#e6e9ec"},
            {"domainColor", "#8c959f"},
            {"tickColor", "#8c959f"},
            {"labelLimit", 160}}},
          {"header", {{"labelFontSize", 12.5}, {"labelFontWeight", 600}, {"labelLimit", 260}, {"labelPadding", 6}}},
          {"legend",
           {{"labelFontSize", 12},
            {"titleFontSize", 12.5},
            {"titleFontWeight", "normal"},
            {"orient", "top"},
            {"labelLimit", 320},
            {"symbolStrokeWidth", 2},
            {"symbolSize", 80}}},
          {"line", {{"strokeWidth", 2}}},
          {"text", {{"fontSize", 12}}}};
}

Json look(const std::string& field, const std::vector<std::string>& domain, const std::string& title, Json range) {
  range.erase(range.begin() + static_cast<std::ptrdiff_t>(std::min(range.size(), domain.size())), range.end());
  return {{"field", field},
          {"type", "nominal"},
          {"title", title.empty() ? Json() : Json(title)},
          {"scale", {{"domain", domain}, {"range", range}}}};
}

}  // namespace

Json with_rows(const Json& rows, const Json& body) {
  Json spec{{"$schema", kSchema}, {"config", theme()}, {"datasets", {{"rows", rows}}}, {"data", {{"name", "rows"}}}};
  if (!body.contains("facet") && !body.contains("concat")) spec["width"] = "container";
  spec.update(body);
  if (body.contains("facet")) {
    std::set<std::string> names;
    for (const Json& row : rows) names.insert(row["panel"].get<std::string>());
    spec["usermeta"] = {{"panels", names.size()}};  // for the page, which spreads them evenly
  }
  return spec;
}

Json quantity(const std::string& field, const std::string& title) {
  return {{"field", field}, {"type", "quantitative"}, {"title", title}};
}

Json score(const View& view, const std::string& field, const std::string& title) {
  Json channel = quantity(field, title);
  channel["scale"] = view.bounded ? Json{{"domain", {0, 1}}} : Json{{"zero", false}};
  return channel;
}

Json scales(const View& view) {
  return {{"field", "scale"},
          {"type", "ordinal"},
          {"title", view.axis_title},
          {"scale", {{"domain", view.labels}}},
          {"axis", {{"labelAngle", 0}, {"labelOverlap", true}}}};
}

Json panels() {
  return {{"field", "panel"}, {"type", "nominal"}, {"title", nullptr}, {"sort", {{"field", "order"}, {"op", "min"}}}};
}

Json colours(const std::string& field, const std::vector<std::string>& domain, const std::string& title) {
  return look(field, domain, title, {kBlue, kOrange, "#2a7f3e", "#8b3d88"});
}

Json dashes(const std::string& field, const std::vector<std::string>& domain, const std::string& title) {
  return look(field, domain, title, {{1, 0}, {6, 3}, {2, 2}, {8, 2, 2, 2}});
}

Json shapes(const std::string& field, const std::vector<std::string>& domain, const std::string& title) {
  return look(field, domain, title, {"circle", "square", "triangle-up", "diamond"});
}

Json dash_if(const std::string& test) {
  return {{"condition", {{"test", test}, {"value", {6, 3}}}}, {"value", {1, 0}}};
}

Json rule_at(const char* channel, double value) {
  return {{"data", {{"values", {{{"at", value}}}}}},
          {"mark", {{"type", "rule"}, {"strokeDash", {4, 3}}, {"color", kGrey}}},
          {"encoding", {{channel, {{"field", "at"}, {"type", "quantitative"}}}}}};
}

Json facet(const Json& by, int columns, int width, int height, const Json& layers) {
  return {{"facet", by}, {"columns", columns}, {"spec", {{"width", width}, {"height", height}, {"layer", layers}}}};
}

}  // namespace seedscape::spec
