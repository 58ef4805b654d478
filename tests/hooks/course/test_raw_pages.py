from pathlib import Path

from hooks.course import raw_pages

PAGE = (Path(__file__).parents[2] / "fixtures" / "raw_topic_page.md").read_text(encoding="utf-8")


def test_a_page_with_front_matter_is_not_raw():
    assert raw_pages.is_raw(PAGE)
    assert not raw_pages.is_raw("---\nid: x\n---\n" + PAGE)
    assert not raw_pages.is_raw(
        '# Title\n\n```html\n<div data-topic-id="x">\n```\n'.replace("\n<div", "\n <div")
    )


def test_only_the_wrapper_goes():
    before, after = PAGE.split("\n"), raw_pages.unwrap(PAGE).split("\n")
    changed = [(old, new) for old, new in zip(before, after, strict=True) if old != new]
    assert changed == [('<div data-topic-id="part1-transformer-architecture">', ""), ("</div>", "")]
    assert after[[i for i, line in enumerate(before) if line == "<script>"][0] - 2] == ""


def test_boxes_get_their_level_a_name_and_a_home():
    item = '<li class="task-list-item"><label class="task-list-control"><input type="checkbox" disabled/><span class="task-list-indicator"></span></label> <strong>Level {n} (X)</strong>: Can &lt;do&gt; it</li>'
    content = '<ul class="task-list">\n' + item.format(n=1) + item.format(n=2) + "\n</ul>"
    out = raw_pages.finish(content, "part1-x")
    assert '<ul class="task-list" data-rubric-for="part1-x">' in out
    assert 'data-level="1" aria-label="Level 1 (X): Can &lt;do&gt; it"' in out
    assert "disabled" not in out


def test_a_list_without_levels_is_no_rubric():
    item = '<ul class="task-list"><li class="task-list-item"><label class="task-list-control"><input type="checkbox" disabled/><span class="task-list-indicator"></span></label> Buy milk</li></ul>'
    assert "data-rubric-for" not in raw_pages.finish(
        item, "x"
    ) and 'aria-label="Buy milk"' in raw_pages.finish(item, "x")
