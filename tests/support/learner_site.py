"""A little site around the learner's parts: their real HTML, modules and styles, under the site's policy."""

import base64
import hashlib
import json
import re
import shutil
from pathlib import Path

import material

from hooks.base import project, templates
from hooks.execution import cache
from hooks.site_files import browser, fonts, styles, vendored
from hooks.topic_map import drawing as topic_map

REPO = Path(__file__).parents[2]
OVERRIDES = REPO / "overrides"

RETURNING = (
    (OVERRIDES / "theme" / "partials" / "returning.html").read_text(encoding="utf-8").split("#}")[1].strip()
)

PAGE = """<!doctype html>
<html lang="en" class="no-js">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src 'self' {hashes}; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'self'; object-src 'none'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="site-root" content="{root}">
<title>{title}</title>
{returning}
{styles}
{not_started}
<script type="module" src="{root}assets/js/app.mjs"></script>
</head>
<body dir="ltr" data-md-color-scheme="default">
<header class="md-header"><nav class="md-header__inner md-grid" aria-label="Header"><div class="md-header__title">A small course</div></nav></header>
<div class="md-container"><main class="md-main"><div class="md-main__inner md-grid">
{sidebars}<div class="md-content"><article class="md-content__inner md-typeset">
{content}
</article></div>
</div></main></div>
</body>
</html>
"""

NOT_STARTED = re.sub(
    r"{#.*?#}", "", (OVERRIDES / "theme" / "partials" / "not_started.html").read_text(encoding="utf-8")
)

RAW = """<h1>{title}</h1>
<div data-topic-id="{id}">
<ul class="task-list" data-rubric-for="{id}">
<li><label><input type="checkbox" data-level="1" aria-label="Level 1"></label> Level 1</li>
<li><label><input type="checkbox" data-level="2" aria-label="Level 2"></label> Level 2</li>
</ul>
<div class="topic-notes-container">
<h2>Your Notes</h2>
<textarea class="topic-notes-textarea" data-notes-for="{id}" placeholder="Add your personal notes here..."></textarea>
<div class="notes-auto-save">Auto-saves to browser localStorage</div>
</div>
</div>
<script>
document.addEventListener('DOMContentLoaded', () => {{
    const field = document.querySelector('textarea[data-notes-for="{id}"]');
    const progress = JSON.parse(localStorage.getItem('ai-syllabus-progress') || '{{}}');
    field.value = progress.notes?.['{id}']?.content || '';
}});
</script>
"""


def build(folder: Path, manifest: dict) -> None:
    """Write the dashboard, the map, a page for every written topic, and the first one again as raw HTML."""
    css = folder / "assets" / "css"
    css.mkdir(parents=True)
    (folder / styles.PATH).write_text(styles.join(OVERRIDES), encoding="utf-8")
    (folder / browser.PATH).parent.mkdir(parents=True)
    (folder / browser.PATH).write_text(browser.bundle(OVERRIDES, REPO / "node_modules"), encoding="utf-8")
    # The modules one by one as well: a test uses the store without the app.
    shutil.copytree(OVERRIDES / "js", folder / "source" / "js")
    theme = Path(material.__file__).parent / "templates" / "assets" / "stylesheets"
    for name in ("main", "palette"):
        shutil.copy(next(theme.glob(f"{name}.*.min.css")), css / f"material-{name}.css")
    for path, file in fonts.build(REPO / "node_modules", cache.users(REPO)).items():
        (folder / path).parent.mkdir(exist_ok=True)
        shutil.copy(file, folder / path)
    for path, file in vendored.files(REPO / "node_modules").items():
        (folder / path).parent.mkdir(exist_ok=True)
        shutil.copy(file, folder / path)
    shutil.copy(REPO / "node_modules" / "axe-core" / "axe.min.js", folder / "axe.min.js")

    (folder / "favicon.ico").touch()
    asked = {"tokens.what-is": {"ask": "What is a <b>token</b>?"}}
    (folder / "assets" / "questions.json").write_text(json.dumps(asked), encoding="utf-8")

    course = {topic["id"]: topic for topic in manifest["topics"]}
    wide = {"manifest": manifest, "wide": True}
    write(
        folder,
        "dashboard/",
        "Your dashboard",
        "<h1>Your dashboard</h1>" + templates.fill("dashboard", "../", manifest=manifest),
        **wide,
    )
    newcomer = '<div class="home-newcomer"><h1>Learn it</h1><p class="lead">By running it.</p></div>'
    words = newcomer + templates.fill("home", "")
    home = f'<div class="hero"><div>{words}</div><div id="beside"><p>A picture</p></div></div><h2>Below</h2>'
    write(folder, "", "Home", home, manifest)
    (folder / "assets" / "course.json").write_text(json.dumps(manifest), encoding="utf-8")
    svg = topic_map.draw(manifest, url=lambda topic: "../../" + topic["url"])
    drawn = templates.fill("topic_map", "../../", manifest=manifest, svg=svg)
    write(folder, "reference/topic-map/", "Topic map", "<h1>Topic map</h1>" + drawn, **wide)
    install = templates.fill("install", "../", project=project.read(REPO), address="")
    write(folder, "setup/", "Set up", "<h1>Set up</h1>" + install, manifest)
    written = [topic for topic in manifest["topics"] if not topic["planned"]]
    for topic in written:
        closing = [("rubric", "How well do you know this?"), ("notes", "Your notes"), ("finish", "What next")]
        filled = [
            f'<h2 id="{name}">{title}</h2>\n' + templates.fill(name, "../../", topic=topic, course=course)
            for name, title in closing
        ]
        head = templates.fill(
            "topic_head", "../../", topic=topic, course=course, sections=topic["sections"]
        ) + "".join(
            f'<h2 id="{one["id"]}">{one["title"]}</h2><div class="filler"></div>' for one in topic["sections"]
        )
        content = f'<div data-topic-id="{topic["id"]}">{head}' + "\n".join(filled) + "</div>"
        write(folder, topic["url"], topic["title"], content, manifest)
    first = written[0]
    write(folder, "raw/", first["title"], RAW.format(id=first["id"], title=first["title"]), manifest)


def write(folder: Path, path: str, title: str, content: str, manifest: dict, wide: bool = False) -> None:
    """One page; `wide` as the theme shows pages without sidebars."""
    root = "../" * path.count("/") or "./"
    inline = [
        match[1]
        for match in re.finditer(
            r"<script>(.*?)</script>", PAGE + RETURNING + NOT_STARTED + content, re.DOTALL
        )
    ]
    hashes = " ".join(
        f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'" for text in inline
    )
    data = json.dumps(manifest).replace("</", "<\\/")
    sheets = ["assets/css/material-main.css", "assets/css/material-palette.css", styles.PATH]
    sidebars = '<div class="md-sidebar md-sidebar--primary" hidden></div><div class="md-sidebar md-sidebar--secondary" hidden></div>'
    page = PAGE.format(
        hashes=hashes,
        returning=RETURNING,
        root=root,
        title=title,
        not_started=NOT_STARTED,
        styles="\n".join(f'<link rel="stylesheet" href="{root}{sheet}">' for sheet in sheets),
        sidebars=sidebars if wide else "",
        content=f'{content}\n<script type="application/json" id="course-manifest">{data}</script>',
    )
    (folder / path).mkdir(parents=True, exist_ok=True)
    (folder / path / "index.html").write_text(page, encoding="utf-8")
