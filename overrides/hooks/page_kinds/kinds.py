"""The one table of all kinds of pages. The first kind that has a page shows it."""

from hooks.page_kinds.api_page import ApiPage
from hooks.page_kinds.kind import PageKind
from hooks.page_kinds.notebook import Notebook
from hooks.page_kinds.plain import Plain
from hooks.page_kinds.raw_topic import RawTopic
from hooks.page_kinds.topic import Topic

KINDS: tuple[type[PageKind], ...] = (ApiPage, Notebook, RawTopic, Topic, Plain)
