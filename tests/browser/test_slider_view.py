"""A slider in a real browser: by bar, buttons and keys, on paper, and where its frames cannot be had."""

from pathlib import Path

import pytest
from playwright.sync_api import expect
from support import courses, learner_site
from support.server import serve

from hooks.course import course, topics
from hooks.execution import cache, runner
from hooks.lesson import renderer, snippets

REPO = Path(__file__).parents[2]
RUN = """\
```python run id=film
steps = {steps}
losses = [1 / (1 + step) for step in steps]
tokens = list("abcdefgh")
maps = {{step: [[(key == query) * step / 1000 + (1 - step / 1000) / 8 for key in range(8)] for query in range(8)] for step in steps}}
```
```yaml slider
id: learns
value: step
frames: "{{step: heatmap(maps[step], tokens, chosen='c') for step in steps}}"
numbers: "{{'loss': losses}}"
opens: 300
title: It looks at itself more and more
caption: Eight tokens.
```
"""
FEW = [0, 50, 100, 300, 700, 1000]
MANY = list(range(0, 1001, 20))


def build(folder: Path) -> None:
    learner_site.build(folder, courses.small())
    for name, steps in (("few", FEW), ("many", MANY)):
        text = RUN.format(steps=steps)
        plan = snippets.plan(topics.Source(f"{name}.md", text, 1, None), REPO)
        results = runner.run(plan.tasks(), cache.users(REPO), lambda line: None)
        page = renderer.Renderer(plan, results, course.Course([], {}, {}, []), {}).render()
        (html,) = [slot for slot in page.slots.values() if 'class="figure slider"' in slot]
        learner_site.write(folder, f"{name}/", "Slider", f"<h1>Slider</h1>{html}", courses.small())
        for path, text in page.files.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_text(text, encoding="utf-8")


@pytest.fixture(scope="module")
def address(once):
    with serve(once("slider-site", build)) as address:
        yield address


@pytest.fixture
def few(page, address):
    page.goto(f"{address}few/")
    expect(page.locator(".slider-live")).to_be_visible()
    return page


def now(page):
    return page.locator(".slider-now").inner_text()


def diagonal(page):
    """The weight that the frame on the page shows from c to itself."""
    return page.locator(".slider-frame .read-weight").first.inner_text()


def test_it_opens_on_the_frame_that_makes_the_point(few):
    assert now(few) == "Step 300 loss 0.00332 frame 4 of 6"
    assert diagonal(few) == "0.39" and few.locator(".slider-stills").is_hidden()
    assert few.locator("[data-home]").is_hidden()
    assert few.locator(".slider-range").get_attribute("aria-valuetext") == "Step 300, loss 0.00332"
    assert few.locator(".slider-numbers tbody").inner_text().split() == [
        "loss",
        "1.00",
        "0.00332",
        "0.000999",
    ]


def test_keys_move_it_frame_by_frame_and_back(few):
    few.locator(".slider-range").focus()
    for key, step in [
        ("ArrowRight", "700"), ("ArrowRight", "1,000"), ("ArrowRight", "1,000"), ("ArrowLeft", "700"), ("PageDown", "50"),
        ("PageUp", "700"), ("Home", "0"), ("ArrowDown", "0"), ("ArrowUp", "50"), ("End", "1,000"), ("Escape", "300"),
    ]:  # fmt: skip
        few.keyboard.press(key)
        assert now(few).startswith(f"Step {step} "), key
    few.keyboard.press("End")
    assert diagonal(few) == "1.00"
    assert few.locator(".slider-range").evaluate("range => Number(range.value)") == 1


def test_the_bar_snaps_to_the_nearest_frame(few):
    bar = few.locator(".slider-range")
    box = bar.bounding_box()
    knob = 11
    few.mouse.click(box["x"] + knob + 0.62 * (box["width"] - 2 * knob), box["y"] + box["height"] / 2)
    assert now(few).startswith("Step 700 ")
    expect(bar).to_have_js_property("value", "0.7")


def test_buttons_move_it_and_say_so_once_it_rests(few):
    few.get_by_role("button", name="Next frame").click()
    assert now(few).startswith("Step 700 ")
    expect(few.locator("[data-said]")).to_have_text("Step 700, loss 0.00143")
    few.get_by_role("button", name="Back to step 300").click()
    assert now(few).startswith("Step 300 ") and few.locator("[data-home]").is_hidden()
    assert few.evaluate("document.activeElement.className") == "slider-range"


def test_a_frame_is_a_figure_like_any_other(few):
    few.locator(".slider-frame button", has_text="e").focus()
    few.keyboard.press("Enter")
    assert few.locator(".slider-frame .fig-status").inner_text() == "e → e, 0.39"


def test_it_plays_to_the_end_and_not_where_motion_is_unwanted(few):
    few.get_by_role("button", name="Play").click()
    expect(few.get_by_role("button", name="Pause")).to_be_visible()
    expect(few.locator(".slider-now")).to_contain_text("Step 1,000", timeout=5000)
    expect(few.get_by_role("button", name="Play")).to_be_visible()
    few.emulate_media(reduced_motion="reduce")
    few.reload()
    expect(few.locator(".slider-live")).to_be_visible()
    assert few.locator("[data-play]").is_hidden()


def test_paper_has_three_frames(few):
    few.emulate_media(media="print")
    assert few.locator(".slider-live").is_hidden() and few.locator(".slider-still").count() == 3
    assert few.locator(".slider-still").first.is_visible()


def test_without_a_script_three_frames_stand_for_all(new_context, address):
    page = new_context(java_script_enabled=False).new_page()
    page.goto(f"{address}few/")
    assert page.locator(".slider-still").count() == 3 and page.locator(".slider-live").is_hidden()
    assert [head.split(" loss")[0] for head in page.locator(".slider-head").all_inner_texts()] == [
        "Step 0",
        "Step 300",
        "Step 1,000",
    ]


def test_large_frames_are_fetched_once(page, address):
    asked = []
    page.on("request", lambda request: asked.append(request.url) if "frames.json" in request.url else None)
    page.goto(f"{address}many/")
    expect(page.locator(".slider-now")).to_contain_text("frame 16 of 51")
    assert len(asked) == 1


def test_where_large_frames_cannot_be_had_the_reader_is_told(new_context, address):
    page = new_context().new_page()
    page.route("**/*.frames.json", lambda route: route.abort())
    page.goto(f"{address}many/")
    expect(page.locator(".slider-fault")).to_contain_text("The other frames could not be loaded")
    assert page.locator(".slider-still").first.is_visible() and page.locator(".slider-live").is_hidden()


@pytest.mark.parametrize(("width", "scheme"), [(1280, "default"), (360, "slate")])
def test_it_is_accessible_and_fits(page, address, width, scheme):
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(f"{address}few/")
    expect(page.locator(".slider-live")).to_be_visible()
    page.evaluate(f"document.body.dataset.mdColorScheme = '{scheme}'")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.add_script_tag(url=f"{address}axe.min.js")
    found = page.evaluate("axe.run('.slider', {resultTypes: ['violations']})")
    assert [(fault["id"], fault["nodes"][0]["html"]) for fault in found["violations"]] == []
