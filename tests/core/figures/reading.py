"""Figures read back from their markup, the way a reader or a screen reader gets them."""

import json
import re
from xml.etree import ElementTree


def tree(figure):
    """The markup as a tree; raises where it is not well formed."""
    return ElementTree.fromstring(f"<root>{figure.html}</root>")


def with_class(element, name):
    return [e for e in element.iter() if name in e.get("class", "").split()]


def words(element):
    return re.sub(r"\s+", " ", " ".join(element.itertext())).strip()


def data_beside(element):
    """The JSON that rides in a figure."""
    return json.loads(element.find("script").text)


def bars(element):
    """The read-out: (name, width, printed) of each bar."""
    return [
        (words(row[0]), row.find(".//rect").get("width"), words(row[2]))
        for row in with_class(element, "read-row")
    ]
