"""Fill the HTML templates: those of `overrides/templates`, and the `template.html` of each directive."""

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

OVERRIDES = Path(__file__).parents[2]
_ENVIRONMENT = Environment(
    loader=FileSystemLoader([OVERRIDES / "templates", OVERRIDES / "directives"]),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def fill(name: str, root: str, /, **data) -> str:
    """HTML of a template.

    Args:
        name: of the file without `.html`, or of the directive.
        root: leads from the page to the site's root and ends in '/'.
    """
    template = _ENVIRONMENT.select_template([f"{name}.html", f"{name}/template.html"])
    return template.render(root=root, **data).strip()
