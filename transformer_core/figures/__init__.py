"""Pictures of attention and of measurements, as HTML and SVG made of text alone.

Only the standard library is used: the same functions draw at build time, in a notebook, and in a
browser's Python. Layers, heads and positions count from 0.
"""

from transformer_core.figures.architecture import architecture
from transformer_core.figures.bar_chart import bar_chart
from transformer_core.figures.cells import cells
from transformer_core.figures.figure import Figure, side_by_side
from transformer_core.figures.head_grid import head_grid
from transformer_core.figures.head_view import head_view
from transformer_core.figures.heatmap import heatmap
from transformer_core.figures.line_chart import line_chart
from transformer_core.figures.position_map import position_map
from transformer_core.figures.ratio_plot import ratio_plot
from transformer_core.figures.style import Look, figure_css

__all__ = [
    "Figure",
    "Look",
    "architecture",
    "bar_chart",
    "cells",
    "figure_css",
    "head_grid",
    "head_view",
    "heatmap",
    "line_chart",
    "position_map",
    "ratio_plot",
    "side_by_side",
]
