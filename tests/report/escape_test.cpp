#include "report/escape.h"

#include "support/test.h"

using namespace seedscape;
using Json = nlohmann::ordered_json;

TEST_CASE("escape: text in a page has none of the five characters that mean something there", "[report]") {
  CHECK(html_text(R"(<script>alert("1" & '2')</script>)") ==
        "&lt;script&gt;alert(&quot;1&quot; &amp; &#39;2&#39;)&lt;/script&gt;");
  CHECK(html_text("W2 ≥ 0") == "W2 ≥ 0");
  CHECK(html_text("a\xff z") == "a\xEF\xBF\xBD z");
}

TEST_CASE("escape: no string in JSON ends the element that it stands in", "[report]") {
  const Json json{{"key", "</script><!--"}, {"x", 0.1}};
  const std::string text = json_text(json);
  CHECK(text == R"({"key":"\u003c/script>\u003c!--","x":0.1})");
  CHECK(Json::parse(text) == json);
}

TEST_CASE("escape: a data address has every byte but the unreserved ones as %XX", "[report]") {
  CHECK(data_address("text/csv", "a,\"é\"\n#1") == "data:text/csv;charset=utf-8,a%2C%22%C3%A9%22%0A%231");
}

TEST_CASE("escape: a policy knows content by the base64 of its SHA-256", "[report]") {
  // printf '' | openssl dgst -sha256 -binary | base64, and the same of "alert(1)"
  CHECK(policy_hash("") == "'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='");
  CHECK(policy_hash("alert(1)") == "'sha256-bhHHL3z2vDgxUt0W3dWQOrprscmda2Y5pLsLg4GF+pI='");
}
