"""Draw the topic map as SVG: every topic a link, every prerequisite an edge. The page's script colours it.

Text keeps its size, whatever the page's width: the SVG has no viewBox.
"""

from collections.abc import Callable
from html import escape

from hooks.topic_map.layout import HEAD, LINE, Edge, Layout, Node, Point, lay_out

LEVEL_WIDTH = 30
TITLE_SIZE = 14.5
CORNER = 6


def draw(manifest: dict, url: Callable[[dict], str]) -> str:
    """SVG of all topics in the manifest.

    Args:
        manifest: parts and topics; topics in course order.
        url: where the page of a written topic is, from the page that shows the map. A planned topic has no page:
            its node leads to its entry in the list, `#id`.

    Raises:
        ValueError: a prerequisite that is no topic, or prerequisites that go in a circle.
    """
    layout = lay_out(manifest, lines=1)
    room = layout.node_width - LEVEL_WIDTH - 16
    titles = {topic["id"]: wrap(topic["short"], room) for topic in manifest["topics"]}
    if any(len(lines) > 1 for lines in titles.values()):
        layout = lay_out(manifest, lines=2)
    heads = "".join(_head(part, x, layout) for part, x in zip(manifest["parts"], layout.columns, strict=True))
    edges = "".join(_edge(edge) for edge in layout.edges)
    nodes = "".join(_node(node, titles[id], url) for id, node in layout.nodes.items())
    return (
        f'<svg class="topic-map" width="{layout.width}" height="{layout.height}" role="group" aria-label="Topic map">'
        f'<g aria-hidden="true">{heads}</g><g class="map-edges" aria-hidden="true">{edges}</g>{nodes}</svg>'
    )


def wrap(title: str, room: float) -> list[str]:
    """A title in one line or two; what does not fit ends in an ellipsis, the list below has it whole."""
    lines = [""]
    for word in title.split():
        longer = f"{lines[-1]} {word}".strip()
        if text_width(longer) <= room or not lines[-1]:
            lines[-1] = longer
        else:
            lines.append(word)
    if len(lines) > 2:
        lines = [lines[0], " ".join(lines[1:])]
    return [_shorten(line, room) for line in lines]


def _shorten(line: str, room: float) -> str:
    if text_width(line) <= room:
        return line
    while line and text_width(line + "…") > room:
        line = line[:-1]
    return line.rstrip() + "…"


def text_width(text: str) -> float:
    """Roughly how wide the sans face sets a title, px; rather too wide than too narrow."""
    widths = {"narrow": 0.29, "wide": 0.86, "capital": 0.63, "other": 0.53}

    def kind(letter: str) -> str:
        if letter in "iljtfrI.,:;'|()[] -":
            return "narrow"
        if letter in "mwMW—…@%":
            return "wide"
        return "capital" if letter.isupper() or letter.isdigit() else "other"

    return TITLE_SIZE * sum(widths[kind(letter)] for letter in text)


def minutes(topic: dict) -> str:
    """How long a topic takes, or that it is not written yet."""
    if topic["planned"]:
        return "planned"
    hours, rest = divmod(topic["minutes"], 60)
    parts = [f"{hours} h" if hours else "", f"{rest} min" if rest else ""]
    return " ".join(part for part in parts if part) or topic["time"]


def _head(part: dict, x: int, layout: Layout) -> str:
    line = HEAD - 26
    return (
        f'<text class="map-part" x="{x}" y="{line - 10}"><tspan class="map-number">{part["number"]}</tspan> '
        f"{escape(part['title'])}</text>"
        f'<path class="map-rule" d="M{x} {line}.5h{layout.node_width}"/>'
    )


def _edge(edge: Edge) -> str:
    x, y = edge.points[-1]
    head = f"M{x - 4} {y - 7}h8l-4 7z" if edge.down else f"M{x - 7} {y - 4}v8l7-4z"
    return (
        f'<g class="map-edge" data-from="{escape(edge.needed)}" data-to="{escape(edge.topic)}">'
        f'<path d="{_rounded(edge.points)}"/><path class="map-arrow" d="{head}"/></g>'
    )


def _rounded(points: list[Point]) -> str:
    """A path along the points, its corners rounded."""
    points = [point for at, point in enumerate(points) if at == 0 or point != points[at - 1]]
    path = "M{} {}".format(*points[0])
    for before, corner, after in zip(points, points[1:], points[2:], strict=False):
        radius = min(CORNER, _distance(before, corner) / 2, _distance(corner, after) / 2)
        path += "L{:g} {:g}".format(*_towards(corner, before, radius))
        path += "Q{} {} {:g} {:g}".format(*corner, *_towards(corner, after, radius))
    return path + "L{} {}".format(*points[-1])


def _distance(a: Point, b: Point) -> int:
    return abs(a[0] - b[0]) + abs(a[1] - b[1])  # one of the two is 0


def _towards(point: Point, other: Point, length: float) -> tuple[float, float]:
    share = length / (_distance(point, other) or 1)
    return point[0] + (other[0] - point[0]) * share, point[1] + (other[1] - point[1]) * share


def _node(node: Node, title: list[str], url: Callable[[dict], str]) -> str:
    topic, x, y = node.topic, node.x, node.y
    text_x = x + LEVEL_WIDTH + 9
    first = y + 20
    lines = " ".join(
        f'<tspan x="{text_x}" y="{first + at * LINE}">{escape(line)}</tspan>' for at, line in enumerate(title)
    )
    meta = minutes(topic)
    planned = " is-planned" if topic["planned"] else ""
    href = f"#{topic['id']}" if topic["planned"] else url(topic)
    block = f"M{x + 6} {y + 0.5}h{LEVEL_WIDTH - 6}v{node.height - 1}h-{LEVEL_WIDTH - 6}q-5.5 0-5.5-5.5v-{node.height - 12}q0-5.5 5.5-5.5z"
    return (
        f'<a class="map-node{planned}" href="{escape(href)}" data-topic="{escape(topic["id"])}">'
        f'<rect class="map-box" x="{x + 0.5}" y="{y + 0.5}" width="{node.width - 1}" height="{node.height - 1}" rx="6"/>'
        f'<path class="map-block" d="{block}"/>'
        f'<text class="map-level" x="{x + LEVEL_WIDTH / 2:g}" y="{node.middle + 5}">·</text> '
        f'<text class="map-title">{lines}</text> '
        f'<text class="map-meta" x="{text_x}" y="{first + len(title) * LINE}" data-time="{escape(meta)}">{escape(meta)}</text></a>'
    )
