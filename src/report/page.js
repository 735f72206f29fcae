"use strict";
// Draws each figure of the page where it belongs, in as many columns as there is room for.

const kAxis = 64;     // pixels beside a panel that has an axis of its own
const kBetween = 22;  // between panels that share one

function drawn(spec, space) {
  const copy = structuredClone(spec);
  const panels = copy.facet ? [copy.spec] : copy.concat ?? [];
  if (panels.length === 0) return copy;  // as wide as its container
  const ownAxes = copy.concat || copy.resolve?.axis?.y === "independent" || copy.resolve?.scale?.y === "independent";
  const margin = ownAxes ? kAxis : kBetween;
  const room = ownAxes ? space : space - kAxis;
  const least = Math.max(...panels.map(panel => (panel.spec ?? panel).width));
  const fitting = Math.max(1, Math.min(copy.columns, Math.floor(room / (least + margin))));
  const count = copy.usermeta?.panels ?? panels.length;
  const columns = Math.ceil(count / Math.ceil(count / fitting));  // as few rows, filled evenly
  copy.columns = columns;
  for (const panel of panels) (panel.spec ?? panel).width = Math.min(Math.floor(room / columns) - margin, 3 * least);
  return copy;
}

async function draw(figure, spec) {
  const place = figure.querySelector(".plot");
  try {
    // Expressions are interpreted, not compiled: the page's policy forbids making code from text.
    const result = await vegaEmbed(place, drawn(spec, place.clientWidth), {
      renderer: "svg", ast: true, actions: false, defaultStyle: false, tooltip: {disableDefaultStyle: true}});
    figure.querySelector(".svg").onclick = async event => {
      event.preventDefault();
      const link = document.createElement("a");
      link.href = URL.createObjectURL(new Blob([await result.view.toSVG()], {type: "image/svg+xml"}));
      link.download = figure.id + ".svg";
      link.click();
    };
  } catch (problem) {
    place.textContent = "This figure could not be drawn: " + problem.message;
    console.error(figure.id, problem);
  }
}

async function drawAll() {
  const specs = JSON.parse(document.getElementById("specs").textContent);
  for (const [id, spec] of Object.entries(specs)) await draw(document.getElementById(id), spec);
  document.body.dataset.drawn = Object.keys(specs).length;
}

let width = window.innerWidth, waiting;
window.addEventListener("resize", () => {
  if (window.innerWidth === width) return;
  width = window.innerWidth;
  clearTimeout(waiting);
  waiting = setTimeout(drawAll, 200);
});
drawAll();
