"""What counts as the same output."""

import pytest

from hooks.execution import approved


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("weight 0.71", "weight 0.711", True),
        ("weight 0.71", "weight 0.73", False),
        ("618,873.44", "618,873.90", True),
        ("layer 5", "layer 4", False),  # whole numbers are exact
        ("right 4 of 8", "right 4 of 8", True),
        ("cat 0.71", "mat 0.71", False),
        ("a 0.5 b", "a 0.5 b 0.5", False),
        ("1e-3", "1.0005e-3", True),
        ("[0.05  0.848]", "[0.05 0.848]", True),  # NumPy pads by the widest number
        ("-0.5", "0.5", False),
    ],
)
def test_text(one, other, same):
    assert approved.same_text(one, other) is same


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ({"x": [0.5, 1]}, {"x": [0.501, 1]}, True),
        ({"x": [0.5]}, {"x": [0.5, 0.5]}, False),
        ({"x": 1}, {"y": 1}, False),
        ([True], [1], False),
        ([None], [0], False),
        (["a", {"b": "w 0.5"}], ["a", {"b": "w 0.501"}], True),
    ],
)
def test_values(one, other, same):
    assert approved.same(one, other) is same


def test_what_is_written_is_read_back(tmp_path):
    outputs = {"run": {"stdout": ["a 0.123", "π"], "values": {"x[0]": [0.123456, "“it”"]}}}
    approved.write(tmp_path, "part1/x.md", outputs)
    read = approved.read(tmp_path, "part1/x.md")
    assert read == {"run": {"stdout": ["a 0.123", "π"], "values": {"x[0]": [0.1235, "“it”"]}}}
    assert approved.read(tmp_path, "part1/never.md") == {}


def test_what_is_no_number_is_as_it_was_approved(tmp_path):
    outputs = {"run": {"stdout": [], "values": {"x": [float("nan"), -float("inf")]}}}
    approved.write(tmp_path, "x.md", outputs)
    read = approved.read(tmp_path, "x.md")
    assert read["run"]["values"]["x"] == ["nan", "-inf"] and approved.same(read, approved.rounded(outputs))
