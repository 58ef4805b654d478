"""The site's style sheets, joined into one: a page on a slow connection waits for one request."""

import sys
from pathlib import Path

PATH = "assets/css/site.css"

FIGURES = "figures"  # the sheet that transformer_core.figures makes, in ORDER

# Of two rules of the same specificity the later one wins. `*` means all directives, by name.
ORDER = (
    "css/base/fonts.css",
    "css/base/tokens.css",
    "css/base/material.css",
    "css/base/page.css",
    "css/base/controls.css",
    "css/base/code.css",
    "css/base/search.css",
    "css/lesson/topic.css",
    "css/lesson/tasks.css",
    "css/lesson/lab.css",
    "css/lesson/architecture.css",
    "directives/*/style.css",
    "directives/*/print.css",
    FIGURES,
    "css/learner/review.css",
    "css/learner/topic_page.css",
    "css/learner/notes_panel.css",
    "css/learner/dashboard.css",
    "css/learner/dashboard_progress.css",
    "css/learner/dashboard_cards.css",
    "css/learner/backup.css",
    "css/learner/topic_map.css",
    "css/learner/map_card.css",
    "css/learner/home.css",
    "css/learner/paths.css",
    "css/learner/portfolio.css",
    "css/lesson/reference.css",
    "css/base/print.css",
)


def sheets(overrides: Path) -> list[Path]:
    """Every style sheet, in the order in which they apply."""
    return [file for pattern in ORDER for file in sorted(overrides.glob(pattern))]


def join(overrides: Path) -> str:
    """The text of the joined sheet."""
    texts = []
    for pattern in ORDER:
        found = sorted(overrides.glob(pattern))
        texts += [figures()] if pattern == FIGURES else [file.read_text(encoding="utf-8") for file in found]
    return "\n".join(texts)


def figures() -> str:
    """The figures' sheet in this site's colours, from the package's source as it is now: `mkdocs serve` runs on."""
    for name in [name for name in sys.modules if name.startswith("transformer_core.figures")]:
        del sys.modules[name]
    from transformer_core.figures.style import NEUTRALS, Look, figure_css

    return figure_css(
        Look(
            light=":root,[data-md-color-scheme=default]",
            dark="[data-md-color-scheme=slate]",
            dark_media="screen",
            neutrals={name: f"var(--{name})" for name in NEUTRALS["light"]},
            px="0.05rem",  # 1rem is 20px here
            fonts={"sans": "var(--sans)", "mono": "var(--mono)"},
        )
    )
