"""Fill the templates of `overrides/templates`, and those of the directives."""

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

_OVERRIDES = Path(__file__).parents[2]
_ENVIRONMENT = Environment(
    loader=FileSystemLoader([_OVERRIDES / "templates", _OVERRIDES / "directives"]),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def fill(part: str, root: str, **data) -> str:
    """HTML of `part`.html. `root` leads from the page to the site's root and ends in '/'."""
    names = [f"{part}.html", f"{part}/template.html"]
    return _ENVIRONMENT.select_template(names).render(root=root, **data).strip()
