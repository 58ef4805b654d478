"""Where the topic map's nodes are and how its edges run: parts are columns, an edge leads from what a topic needs.

Vertical runs stay in the gutters left of the columns, horizontal ones in the gaps between rows, so an edge never
runs through a node. Each topic has one lane in a gutter and in a gap: its edges share it like a trunk.
All lengths are px; y counts down.
"""

from collections import defaultdict
from dataclasses import dataclass

from hooks.base import graph

WIDTH = 1172  # of a page without sidebars
NODE_WIDTHS = (168, 236)  # least and most
LINE = 17  # of a title
GAP = 26  # between rows
HEAD = 56  # above the first row: the part's title
LANE = 7  # between neighbouring lanes in a gutter
GAP_LANE = 4  # and in a gap

Point = tuple[int, int]


@dataclass(frozen=True)
class Node:
    """A topic's box."""

    topic: dict
    column: int
    row: int
    x: int
    y: int
    width: int
    height: int

    @property
    def middle(self) -> int:
        """y of its middle."""
        return self.y + self.height // 2


@dataclass(frozen=True)
class Edge:
    """From a needed topic to the one that needs it, as corner points; `down` where it ends in an arrow down."""

    needed: str
    topic: str
    points: list[Point]
    down: bool


@dataclass(frozen=True)
class Layout:
    """The whole map, placed."""

    nodes: dict[str, Node]
    edges: list[Edge]
    columns: list[int]  # x of each part, in order
    node_width: int
    width: int
    height: int


@dataclass(frozen=True)
class _Route:
    """Which gutters and which gap an edge takes; `gap` None where one gutter is enough, `out` None where none is."""

    needed: str
    topic: str
    out: int | None
    into: int
    gap: int | None


def lay_out(manifest: dict, lines: int) -> Layout:
    """Place every topic and route every prerequisite. `lines`: how many lines a node's title has.

    Raises:
        ValueError: a prerequisite that is no topic, or prerequisites that go in a circle.
    """
    topics = {topic["id"]: topic for topic in manifest["topics"]}
    _check(topics)
    numbers = [part["number"] for part in manifest["parts"]]
    rows: dict[int, list[str]] = {number: [] for number in numbers}
    for topic in manifest["topics"]:
        rows[topic["part"]].append(topic["id"])
    place = {
        id: (column, row) for column, number in enumerate(numbers) for row, id in enumerate(rows[number])
    }
    routes = [_route(place, needed, id) for id, topic in topics.items() for needed in topic["prerequisites"]]
    gutters, gaps = _lanes(routes, place)

    height = 31 + LINE * lines
    columns, node_width, width = _columns(len(numbers), gutters)
    nodes = {
        id: Node(topics[id], column, row, columns[column], HEAD + row * (height + GAP), node_width, height)
        for id, (column, row) in place.items()
    }
    edges = [_edge(route, nodes, columns, gutters, gaps, height) for route in routes]
    last = max((row for _, row in place.values()), default=0)
    return Layout(nodes, edges, columns, node_width, width, HEAD + (last + 1) * (height + GAP))


def _check(topics: dict[str, dict]) -> None:
    needs = {id: topic["prerequisites"] for id, topic in topics.items()}
    for id, needed in needs.items():
        if unknown := next((one for one in needed if one not in topics), None):
            raise ValueError(
                f"the topic {id!r} needs {unknown!r}, which is no topic; correct its prerequisites"
            )
    if circle := graph.circle(needs):
        raise ValueError(f"prerequisites go in a circle: {' needs '.join(circle)}; drop one of them")


def _route(place: dict, needed: str, topic: str) -> _Route:
    (column, row), (into, target) = place[needed], place[topic]
    if column == into and target == row + 1:
        return _Route(needed, topic, None, into, None)
    out = column + 1 if into > column else column
    gap = None if out == into else target if target > row else target + 1
    return _Route(needed, topic, out, into, gap)


def _lanes(routes: list[_Route], place: dict) -> tuple[dict[int, list[str]], dict[int, list[str]]]:
    """The lanes of each gutter, left to right, and of each gap, top to bottom, each named by the topic that owns it."""
    gutters: dict[int, dict[str, list[tuple[float, float]]]] = defaultdict(lambda: defaultdict(list))
    gaps: dict[int, list[str]] = defaultdict(list)
    for route in routes:
        if route.out is None:
            continue
        start, end = place[route.needed][1], place[route.topic][1]
        if route.gap is None:
            gutters[route.out][route.needed].append((start, end))
            continue
        gutters[route.out][route.needed].append((start, route.gap - 0.5))
        gutters[route.into][route.needed].append((route.gap - 0.5, end))
        if route.needed not in gaps[route.gap]:
            gaps[route.gap].append(route.needed)
    ordered = {}
    for gutter, spans in gutters.items():
        ordered[gutter] = sorted(spans, key=lambda id: _lane_order(spans[id], returns=place[id][0] == gutter))
    return ordered, gaps


def _lane_order(spans: list[tuple[float, float]], returns: bool) -> tuple:
    """Fewest crossings: what leads down is left of what starts above it, what leads up right of it.

    Edges that return to their own column are next to it, the longest outside.
    """
    start = spans[0][0]
    longest = max((end - start for start, end in spans), key=abs)
    if returns:
        return (2, -abs(longest))
    return (0, -start) if longest >= 0 else (1, start)


def _columns(count: int, gutters: dict[int, list[str]]) -> tuple[list[int], int, int]:
    """x of each column, the width of a node, and the width of it all; gutters share what is left of the page."""
    room = [20 + LANE * len(gutters.get(gutter, ())) for gutter in range(count)]
    room[0] = room[0] if gutters.get(0) else 2
    least, most = NODE_WIDTHS
    node_width = max(least, min(most, (WIDTH - 2 - sum(room)) // count))
    spare = max(0, WIDTH - 2 - sum(room) - count * node_width) // max(1, count - 1)
    columns, x = [], 0
    for number, gutter in enumerate(room):
        x += gutter + (spare if number else 0)
        columns.append(x)
        x += node_width
    return columns, node_width, x + 2


def _edge(route: _Route, nodes: dict, columns: list[int], gutters: dict, gaps: dict, height: int) -> Edge:
    start, end = nodes[route.needed], nodes[route.topic]
    if route.out is None:
        x = start.x + start.width // 2
        return Edge(route.needed, route.topic, [(x, start.y + height), (x, end.y)], True)
    leaves_right = route.out > start.column
    # Leaving on the left a little lower keeps it apart from what arrives there.
    first = (start.x + start.width, start.middle) if leaves_right else (start.x, start.middle + 10)
    out = _lane_x(route.out, route.needed, columns, gutters)
    points = [first, (out, first[1])]
    if route.gap is not None:
        lanes = gaps[route.gap]
        y = HEAD + route.gap * (height + GAP) - GAP // 2
        y += round(
            (lanes.index(route.needed) - (len(lanes) - 1) / 2) * min(GAP_LANE, (GAP - 10) / len(lanes))
        )
        into = _lane_x(route.into, route.needed, columns, gutters)
        points += [(out, y), (into, y), (into, end.middle)]
    else:
        points.append((out, end.middle))
    return Edge(route.needed, route.topic, [*points, (end.x, end.middle)], False)


def _lane_x(gutter: int, owner: str, columns: list[int], gutters: dict[int, list[str]]) -> int:
    """Lanes are together, next to the column on their right; an arrow's head needs the last 12 px."""
    lanes = gutters[gutter]
    return columns[gutter] - 14 - LANE * (len(lanes) - 1 - lanes.index(owner))
