#!/usr/bin/env python3
"""The paper's figures (arXiv 2502.17356) for a result folder, with matplotlib: one function a figure, made to be edited.

    plot_paper.py out/demo [-o out/demo/paper] [--only 3]      (needs matplotlib 3.8 or later and numpy)

Reads DIR/analysis.json and DIR/results.csv, writes figure-N.pdf and figure-N.png. Figures 2, 3, 4, 8 and 11 of the
paper's addition task are its figures 5, 6, 7, 14 and 12 of the other task: the sweep decides which it is.
"""
import argparse
import csv
import json
import pathlib

import matplotlib
matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np

BLUE, ORANGE, GREY = "#0b5394", "#c2510a", "#8c959f"
MARKERS, DASHES = "osD^", ["-", "--", ":", "-."]
plt.rcParams.update({"font.size": 9, "axes.spines.top": False, "axes.spines.right": False, "figure.dpi": 150,
                     "axes.titlesize": 9, "legend.frameon": False, "svg.hashsalt": "seedscape",
                     "pdf.fonttype": 42, "figure.constrained_layout.use": True})


class Sweep:
    """analysis.json and results.csv of one result folder."""

    def __init__(self, folder):
        with open(folder / "analysis.json", encoding="utf-8") as file:
            self.analysis = json.load(file)
        with open(folder / "results.csv", encoding="utf-8", newline="") as file:
            self.results = list(csv.DictReader(file))
        self.axes = self.analysis["axes"]
        self.threshold = self.analysis["settings"]["success_threshold"]

    def view(self, axis, metric=None, length=None):
        """The main view of an axis, or that of another metric or length; None where there is none."""
        main = axis["views"][0]
        wanted = (metric or main["metric"], main["length"] if length is None else length)
        return next((view for view in axis["views"] if (view["metric"], view["length"]) == wanted), None)

    def lengths(self):
        return sorted({int(row["length"]) for row in self.results if row["length"]})


def title(axis):
    return axis["key"] + "".join(f", {key} {value}" for key, value in axis["with"].items())


def labels(view):
    return [str(scale["value"]) for scale in view["scales"]]


def numbers(values):
    """null and "Infinity" as floats that matplotlib can leave out or place."""
    return np.array([np.nan if value is None else float(value) for value in values])


def score_name(view):
    return view["metric"].replace("_", " ") + ("" if view["length"] is None else f" at length {view['length']}")


def curves(view):
    """Scores by scale of each seed that has all of them."""
    by_seed = {}
    for scale in view["scales"]:
        for seed, value in zip(scale["scores"]["seed"], numbers(scale["scores"]["value"])):
            by_seed.setdefault(seed, []).append(value)
    return {seed: np.array(scores) for seed, scores in by_seed.items() if len(scores) == len(view["scales"])}


def ranked(view, what):
    """Seeds by breakthroughness or linearity: ties by improvement, the largest single jump, the lower seed."""
    seeds, scores = view["seeds"], curves(view)
    rows = zip(seeds["seed"], seeds[what], seeds["improvement"])
    return sorted((seed for seed, value, _ in rows if value is not None), reverse=True, key=lambda seed: (
        float(seeds[what][seeds["seed"].index(seed)]), float(seeds["improvement"][seeds["seed"].index(seed)]),
        np.diff(scores[seed]).max(), -seed))


def histogram(ax, scale, color=BLUE, **style):
    edges = numbers(scale["histogram"]["edges"])
    ax.bar(edges[:-1], scale["histogram"]["counts"], np.diff(edges), align="edge", color=color, linewidth=0.3,
           edgecolor="white", **style)


def panels(count, columns, width, height, **options):
    rows = -(-count // columns)
    columns = -(-count // rows)  # as few rows, filled evenly
    figure, grid = plt.subplots(rows, columns, figsize=(width * columns, height * rows), squeeze=False, **options)
    for ax in grid.flat[count:]:
        ax.axis("off")
    return figure, grid.flat[:count]


def figure_1(sweep):
    """Two seeds over the scales, and all seeds before and after the first one's jump."""
    for axis in sweep.axes:
        view = sweep.view(axis)
        breakthrough, linear = ranked(view, "breakthroughness")[:1], ranked(view, "linearity")[:1]
        if not breakthrough:
            continue
        figure, grid = plt.subplot_mosaic([["emergent", "linear"], ["a", "b"]], figsize=(7, 4.6))
        scores = curves(view)
        first = scores[breakthrough[0]]
        before = int(np.argmax(np.diff(first)))
        for name, seed, color, marker in [("emergent", breakthrough[0], BLUE, "o"), ("linear", linear[0], ORANGE, "s")]:
            grid[name].plot(labels(view), scores[seed], color=color, marker=marker)
            grid[name].set(title=f"seed {seed}: {'highest breakthroughness' if name == 'emergent' else 'highest linearity'}",
                           xlabel=axis["key"], ylabel=score_name(view), ylim=(-.03, 1.03))
        for letter, place in [("a", before), ("b", before + 1)]:
            grid["emergent"].annotate(f"({letter})", (place, first[place]), textcoords="offset points", xytext=(6, 6))
            histogram(grid[letter], view["scales"][place], "#b7c0c9")
            for seed, color, dash in [(breakthrough[0], BLUE, "-"), (linear[0], ORANGE, "--")]:
                grid[letter].axvline(scores[seed][place], color=color, linestyle=dash, label=f"seed {seed}")
            grid[letter].set(title=f"({letter}) all seeds at {labels(view)[place]}", xlabel=score_name(view), ylabel="seeds",
                             xlim=(0, 1))
        grid["a"].legend()
        figure.suptitle(title(axis))
        yield figure


def figure_2(sweep, metric=None):
    """The distribution over seeds at each scale."""
    for axis in sweep.axes:
        view = sweep.view(axis, metric)
        if view is None:
            continue
        figure, grid = panels(len(view["scales"]), 4, 1.8, 1.9, sharex=True, sharey=True)
        for ax, scale, label in zip(grid, view["scales"], labels(view)):
            histogram(ax, scale)
            ax.set_title(label)
        figure.supxlabel(score_name(view))
        figure.supylabel("seeds")
        figure.suptitle(title(axis))
        yield figure


def figure_3(sweep):
    """Mode, mean, success and mean of successes, every axis in the same four panels."""
    statistics = [("mode", "mode", None), ("mean", "mean", "value"), ("P(success)", "success", "fraction"),
                  ("mean of successes", "mean_of_successes", "value")]
    figure, grid = panels(4, 2, 3.4, 2.3, sharex=True)
    for ax, (name, key, member) in zip(grid, statistics):
        for number, axis in enumerate(sweep.axes):
            scales = sweep.view(axis)["scales"]
            if any(scale[key] is None for scale in scales):
                continue
            x = numbers(scale["params"] for scale in scales)
            y = numbers(scale[key] if member is None else scale[key][member] for scale in scales)
            color = [BLUE, ORANGE, "#2a7f3e", "#8b3d88"][number % 4]
            ax.plot(x, y, color=color, marker=MARKERS[number % 4], linestyle=DASHES[number % 4], markersize=4,
                    label=title(axis))
            if member is not None:
                low, high = (numbers(scale[key][end] for scale in scales) for end in ("low", "high"))
                ax.fill_between(x, low, high, color=color, alpha=.15, linewidth=0)
        ax.set(title=name, xscale="log", ylim=(-.03, 1.03))
    figure.supxlabel("parameters")
    grid[0].legend(fontsize=7)
    yield figure


def figure_4(sweep):
    """Wasserstein-2 distance to the largest scale, with the marks of the analysis where it has them."""
    figure, grid = panels(len(sweep.axes), 2, 3.6, 2.6)
    for ax, axis in zip(grid, sweep.axes):
        view = sweep.view(axis)
        distances = [scale["w2_to_largest"] for scale in view["scales"]]
        x = np.arange(len(distances))
        ax.plot(x, numbers(d["value"] for d in distances), color=BLUE, marker="o", markersize=4)
        ax.fill_between(x, numbers(d["low"] for d in distances), numbers(d["high"] for d in distances), color=BLUE, alpha=.15,
                        linewidth=0)
        values = [scale["value"] for scale in view["scales"]]
        for key, name, dash in [("modality_onset", "two or more modes", "--"), ("mode_jump", "mode jumps", ":")]:
            if view.get(key) is not None:
                ax.axvline(values.index(view[key]), color=ORANGE, linestyle=dash, label=name)
        ax.set(title=title(axis), xlabel=axis["key"], ylabel="W2 to the largest", ylim=(0, None))
        ax.set_xticks(x, labels(view))
        if ax.get_legend_handles_labels()[0]:
            ax.legend(fontsize=7)
    yield figure


def figure_8(sweep):
    """The same runs by the least probability of a correct token."""
    yield from figure_2(sweep, "min_prob")


def figure_10(sweep):
    """The five seeds with the largest breakthroughness and linearity."""
    for axis in sweep.axes:
        view = sweep.view(axis)
        scores = curves(view)
        if not ranked(view, "linearity"):
            continue
        figure, grid = panels(2, 2, 3.4, 2.5, sharey=True)
        for ax, what in zip(grid, ["breakthroughness", "linearity"]):
            for place, seed in enumerate(ranked(view, what)[:5]):
                ax.plot(labels(view), scores[seed], marker="osD^v"[place], markersize=4, linewidth=1.2, label=f"seed {seed}")
            ax.set(title=f"highest {what}", xlabel=axis["key"], ylim=(-.03, 1.03))
            ax.legend(fontsize=7)
        grid[0].set_ylabel(score_name(view))
        figure.suptitle(title(axis))
        yield figure


def figure_11(sweep):
    """The distribution over seeds at each scale and test length."""
    lengths = sweep.lengths()
    for axis in sweep.axes:
        figure, grid = panels(len(sweep.view(axis)["scales"]), 4, 2.1, 1.8, sharex=True, sharey=True)
        for number, ax in enumerate(grid):
            for place, length in enumerate(lengths):
                view = sweep.view(axis, length=length)
                values = numbers(view["scales"][number]["scores"]["value"]) if view else np.array([])
                if len(set(values)) > 1:
                    body = ax.violinplot(values, [place], widths=.85, showmeans=True)
                    for part in body["bodies"]:
                        part.set(facecolor=BLUE, alpha=.5)
                    for part in ("cmeans", "cmins", "cmaxes", "cbars"):
                        body[part].set(color=BLUE, linewidth=.8)
                elif len(values):
                    ax.hlines(values[0], place - .3, place + .3, color=BLUE)
            ax.set(title=labels(sweep.view(axis))[number], ylim=(-.03, 1.03))
            ax.set_xticks(range(len(lengths)), lengths)
        figure.supxlabel("test length")
        figure.supylabel(sweep.view(axis)["metric"].replace("_", " "))
        figure.suptitle(title(axis))
        yield figure


def figure_13(sweep):
    """Models of one layer at a trained and a longer length."""
    for axis in sweep.axes:
        for number, scale in enumerate(sweep.view(axis)["scales"]):
            depth = scale["value"] if axis["key"] == "model.depth" else axis["with"].get("model.depth") or depth_of(sweep)
            inside = sweep.view(axis, length=sweep.lengths()[0])
            if depth != 1 or inside is None or inside is sweep.view(axis):
                continue
            figure, ax = plt.subplots(figsize=(3.8, 2.5))
            for view, color, hatch in [(inside, BLUE, ""), (sweep.view(axis), ORANGE, "///")]:
                histogram(ax, view["scales"][number], color, alpha=.6, hatch=hatch, label=f"length {view['length']}")
            ax.set(title=f"{title(axis)}: {scale['value']}", xlabel=sweep.view(axis)["metric"].replace("_", " "), ylabel="seeds")
            ax.legend()
            yield figure


def depth_of(sweep):
    """The depth that all runs share, if they do."""
    depths = {int(row["depth"]) for row in sweep.results}
    return depths.pop() if len(depths) == 1 else None


FIGURES = {1: figure_1, 2: figure_2, 3: figure_3, 4: figure_4, 8: figure_8, 10: figure_10, 11: figure_11, 13: figure_13}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("-o", "--output", type=pathlib.Path, help="folder (default: DIR/paper)")
    parser.add_argument("--only", type=int, action="append", choices=FIGURES, help="a figure's number; repeatable")
    options = parser.parse_args()
    output = options.output or options.folder / "paper"
    output.mkdir(parents=True, exist_ok=True)
    sweep = Sweep(options.folder)
    for number in options.only or FIGURES:
        drawn = list(FIGURES[number](sweep))
        for place, figure in enumerate(drawn):
            name = f"figure-{number}" + (f"-{chr(ord('a') + place)}" if len(drawn) > 1 else "")
            for suffix, metadata in [("pdf", {"CreationDate": None}), ("png", None)]:
                figure.savefig(output / f"{name}.{suffix}", metadata=metadata)
            plt.close(figure)
            print(output / f"{name}.pdf")


if __name__ == "__main__":
    main()
