"""The Content-Security-Policy of a built page, and what a page may not hold under it."""

import base64
import hashlib
import re

from hooks.base.errors import PageError

_SCRIPT = re.compile(r"<script(?P<attributes>[^>]*)>(?P<code>.*?)</script>", re.DOTALL | re.IGNORECASE)
_STYLE = re.compile(r"<[a-z][^<>]*\sstyle\s*=|<style\b", re.IGNORECASE)
_REMOTE = re.compile(
    r"<(?:script|img|iframe|source|video|audio|link(?![^>]*\srel=\"?(?:canonical|alternate)\b))\b[^>]*?\s(?:src|href)=\"(?:https?:)?//[^\"]*\"",
    re.IGNORECASE,
)
_FIXED = (
    "default-src 'none'; script-src 'self' {scripts}; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; worker-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'self'; object-src 'none'"
)


def hashes(page: str) -> list[str]:
    """The sha256 sources of the page's inline scripts, in order, each once."""
    found = {}
    for script in _SCRIPT.finditer(page):
        data = re.search(r'type="?application/(ld\+)?json', script["attributes"])
        if not data and not re.search(r"\ssrc=", script["attributes"]):
            digest = base64.b64encode(hashlib.sha256(script["code"].encode()).digest()).decode()
            found[f"'sha256-{digest}'"] = None
    return list(found)


def protect(page: str, path: str) -> str:
    """The page with its policy right after the charset.

    Raises:
        PageError: an inline style or a third-party resource, which the policy would block.
    """
    without_code = _SCRIPT.sub(lambda script: f"<script{script['attributes']}></script>", page)
    for pattern, wrong, cure in (
        (_STYLE, "an inline style", "Give it a class, and style the class in overrides/css."),
        (
            _REMOTE,
            "a third-party resource",
            "Readers' browsers ask nobody else: put the file into the site, or link to it.",
        ),
    ):
        if found := pattern.search(without_code):
            raise PageError(path, 1, f"the built page holds {wrong}: {found[0][:120]}", cure)
    policy = _FIXED.format(scripts=" ".join(hashes(page)))
    meta = f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
    return re.sub(r"(<meta charset=[^>]+>)", lambda m: m[1] + meta, page, count=1)
