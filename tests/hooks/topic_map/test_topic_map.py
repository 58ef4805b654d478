"""The drawn topic map: every topic a node, every prerequisite an edge, nothing on top of anything else."""

import re
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support import courses
from support.examples import examples

from hooks.topic_map import drawing as topic_map
from hooks.topic_map import layout as map_layout


def address(topic):
    return f"../../{topic['url']}"


@st.composite
def any_course(draw):
    """Up to 40 topics in up to 7 parts; a topic may need any that came before it, in whatever part."""
    parts = draw(st.integers(1, 7))
    count = draw(st.integers(1, 40))
    topics = []
    numbers = dict.fromkeys(range(1, parts + 1), 0)
    for at in range(count):
        part = draw(st.integers(1, parts))
        numbers[part] += 1
        needs = draw(st.lists(st.integers(0, at - 1), max_size=3, unique=True)) if at else []
        title = draw(
            st.sampled_from(["Tokens", "Retrieval-augmented generation", "Why & how <they> scale", "A" * 60])
        )
        topics.append(
            courses.topic(
                f"t{at}", part, numbers[part], title, tuple(f"t{n}" for n in needs), draw(st.booleans())
            )
        )
    return courses.course([f"Part {n}" for n in range(1, parts + 1)], topics)


def overlap(a, b) -> bool:
    return a.x < b.x + b.width and b.x < a.x + a.width and a.y < b.y + b.height and b.y < a.y + a.height


def runs_through(start, end, node) -> bool:
    """Whether a straight run, upright or level, touches the inside of a node."""
    (x1, y1), (x2, y2) = sorted([start, end])
    (_, top), (_, bottom) = sorted([start, end], key=lambda point: point[1])
    return x1 < node.x + node.width and x2 > node.x and top < node.y + node.height and bottom > node.y


@given(any_course(), st.integers(1, 2))
@examples(150)
def test_nothing_stands_on_anything_else(course, lines):
    layout = map_layout.lay_out(course, lines)
    assert set(layout.nodes) == {topic["id"] for topic in course["topics"]}
    for a, b in combinations(layout.nodes.values(), 2):
        assert not overlap(a, b), (a.topic["id"], b.topic["id"])
    for node in layout.nodes.values():
        assert node.x >= 0 and node.x + node.width <= layout.width and node.y + node.height <= layout.height

    needs = [(needed, topic["id"]) for topic in course["topics"] for needed in topic["prerequisites"]]
    assert [(edge.needed, edge.topic) for edge in layout.edges] == needs
    for edge in layout.edges:
        for start, end in zip(edge.points, edge.points[1:], strict=False):
            assert start[0] == end[0] or start[1] == end[1], "runs are upright or level"
            assert 0 <= end[0] <= layout.width and 0 <= end[1] <= layout.height
            for node in layout.nodes.values():
                assert not runs_through(start, end, node), (edge, node.topic["id"])


@given(any_course())
@examples(50)
def test_edges_start_and_end_at_their_topics(course):
    layout = map_layout.lay_out(course, 1)
    for edge in layout.edges:
        start, end = layout.nodes[edge.needed], layout.nodes[edge.topic]
        (x, y), (to_x, to_y) = edge.points[0], edge.points[-1]
        assert start.x <= x <= start.x + start.width and start.y <= y <= start.y + start.height
        assert (to_x, to_y) == ((end.x + end.width // 2, end.y) if edge.down else (end.x, end.middle))


@given(any_course())
@examples(50)
def test_the_drawing_holds_every_topic_and_edge_and_no_style(course):
    svg = topic_map.draw(course, address)
    drawn = re.findall(r'<a class="map-node[^"]*" href="[^"]*" data-topic="([^"]+)"', svg)
    assert sorted(drawn) == sorted(topic["id"] for topic in course["topics"])
    assert len(re.findall('<g class="map-edge"', svg)) == sum(
        len(topic["prerequisites"]) for topic in course["topics"]
    )
    assert "style=" not in svg and "viewBox" not in svg
    assert "<they>" not in svg


def test_titles_stay_inside_their_boxes():
    room = 130
    for title in (
        "Tokens",
        "Retrieval-Augmented Generation",
        "Quantising, Pruning, Distilling and More Besides",
        "A" * 60,
    ):
        lines = topic_map.wrap(title, room)
        assert 1 <= len(lines) <= 2
        assert all(topic_map.text_width(line) <= room for line in lines), lines
    assert topic_map.wrap("Tokens", room) == ["Tokens"]
    assert topic_map.wrap("A" * 60, room)[0].endswith("…")


def test_a_small_course_by_hand():
    svg = topic_map.draw(courses.small(), address)
    assert 'href="../../topics/tokens/" data-topic="tokens">' in svg
    assert 'class="map-node is-planned" href="#cross" data-topic="cross">' in svg
    assert 'data-from="attention" data-to="heads"' in svg


def test_four_parts_of_seven_fit_a_page_without_sidebars():
    layout = map_layout.lay_out(courses.large(28, parts=4), 1)
    assert layout.width <= map_layout.WIDTH


def test_a_circle_is_refused():
    course = courses.course(
        ["One"],
        [
            courses.topic("a", 1, 1, "A", ("c",)),
            courses.topic("b", 1, 2, "B", ("a",)),
            courses.topic("c", 1, 3, "C", ("b",)),
        ],
    )
    with pytest.raises(
        ValueError, match="^prerequisites go in a circle: a needs c needs b needs a; drop one of them$"
    ):
        topic_map.draw(course, address)


def test_a_prerequisite_that_is_no_topic_is_refused():
    course = courses.course(["One"], [courses.topic("a", 1, 1, "A", ("ghost",))])
    with pytest.raises(
        ValueError, match="^the topic 'a' needs 'ghost', which is no topic; correct its prerequisites$"
    ):
        topic_map.draw(course, address)
