"""The site's style sheets, joined into one: a page on a slow connection waits for one request."""

from pathlib import Path

PATH = "assets/css/site.css"

# A later sheet wins over an earlier one of the same specificity. `*` stands for the sheets of all directives.
ORDER = (
    "css/base/fonts.css",
    "css/base/tokens.css",
    "css/base/material.css",
    "css/base/page.css",
    "css/base/controls.css",
    "css/base/code.css",
    "css/lesson/topic.css",
    "css/lesson/tasks.css",
    "css/lesson/lab.css",
    "directives/*/style.css",
    "directives/*/print.css",
    "css/learner/review.css",
    "css/learner/topic_page.css",
    "css/learner/dashboard.css",
    "css/learner/dashboard_progress.css",
    "css/learner/dashboard_cards.css",
    "css/learner/backup.css",
    "css/learner/topic_map.css",
    "css/learner/map_card.css",
    "css/learner/paths.css",
    "css/learner/portfolio.css",
    "css/lesson/reference.css",
    "css/base/print.css",
)


def sheets(overrides: Path) -> list[Path]:
    """Every style sheet, in the order in which they apply."""
    return [file for pattern in ORDER for file in sorted(overrides.glob(pattern))]


def join(overrides: Path, figure_css: str) -> str:
    """The text of the one sheet. `figure_css` is the sheet that the figures' package makes, and follows the directives'."""
    texts = []
    for pattern in ORDER:
        texts += [file.read_text(encoding="utf-8") for file in sorted(overrides.glob(pattern))]
        if pattern == "directives/*/print.css":
            texts.append(figure_css)
    return "\n".join(texts)
