"""The figures in a real browser: by keyboard alone, by mouse, by touch; what is shown is what Python says."""

import pytest
from reading import bars, tree, with_class, words

from transformer_core.figures import head_grid, head_view, heatmap


def active(page):
    """The words of the element that has the focus."""
    return page.evaluate("document.activeElement.textContent")


def status(page):
    return page.locator(".fig-status").inner_text()


def shown_bars(page):
    return page.evaluate(
        """() => [...document.querySelectorAll('.read-row')].map(row => [
            row.children[0].textContent, row.querySelector('rect').getAttribute('width'),
            row.children[2].textContent])"""
    )


def tab_stops(page):
    return page.locator("main button[tabindex='0']").count()


def test_heatmap_by_keyboard_alone(opened, sentence):
    weights, tokens = sentence
    page = opened(heatmap(weights, tokens, chosen="cat"))
    page.keyboard.press("Tab")
    assert (active(page), status(page)) == ("cat", "cat → cat, 0.46")
    page.keyboard.press("ArrowDown")  # previews
    assert (active(page), status(page)) == ("saw", "saw → [SEP], 0.70")
    assert page.locator("button[aria-pressed=true]").inner_text() == "cat"
    page.keyboard.press("ArrowRight")  # reads the row cell by cell
    page.keyboard.press("ArrowRight")
    assert status(page) == "saw → the (1), 0.02"
    assert page.locator("td.at").evaluate("cell => cell.cellIndex") == 2
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    assert status(page) == "saw → [CLS], 0.01"
    page.keyboard.press("Enter")  # selects
    assert page.locator("button[aria-pressed=true]").inner_text() == "saw"
    assert status(page) == "saw → [SEP], 0.70"
    page.keyboard.press("End")
    assert active(page) == "[SEP]"
    page.keyboard.press("ArrowDown")
    assert active(page) == "[SEP]"
    page.keyboard.press("Home")
    assert active(page) == "[CLS]"
    page.keyboard.press("Escape")  # back to the first choice
    assert (active(page), status(page)) == ("cat", "cat → cat, 0.46")
    assert page.locator("button[aria-pressed=true]").inner_text() == "cat"
    assert tab_stops(page) == 1


def test_a_preview_ends_when_the_focus_leaves(opened, sentence):
    weights, tokens = sentence
    page = opened(heatmap(weights, tokens, chosen="cat"), heatmap(weights, tokens, chosen="saw"))
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Tab")  # one tab stop per figure
    assert active(page) == "saw"
    assert page.locator(".fig-status").first.inner_text() == "cat → cat, 0.46"
    page.keyboard.press("Shift+Tab")
    assert active(page) == "cat"


def test_every_row_reads_out_what_python_says(opened, sentence):
    weights, tokens = sentence
    page = opened(heatmap(weights, tokens, chosen=0))
    page.keyboard.press("Tab")
    for query in range(len(tokens)):
        drawn = tree(heatmap(weights, tokens, chosen=query))
        assert [tuple(bar) for bar in shown_bars(page)] == bars(drawn), tokens[query]
        assert status(page) == words(with_class(drawn, "fig-status")[0])
        assert page.locator("tr.on").get_attribute("data-row") == str(query)
        page.keyboard.press("ArrowDown")


def test_heatmap_by_mouse(opened, sentence):
    weights, tokens = sentence
    page = opened(heatmap(weights, tokens, chosen="cat"))
    cells = page.locator("tr[data-row='3'] td")
    cells.nth(5).hover()
    assert status(page) == "saw → dog, 0.15"
    page.locator("h1").hover()
    assert status(page) == "cat → cat, 0.46"
    cells.nth(1).click()
    page.locator("h1").hover()
    assert status(page) == "saw → [SEP], 0.70"
    assert page.locator("button[aria-pressed=true]").inner_text() == "saw"


def test_heatmap_by_touch(browser, scratch, sentence):
    context = browser.new_context(has_touch=True, viewport={"width": 360, "height": 800})
    page = context.new_page()
    page.goto(scratch(heatmap(*sentence, chosen="cat")))
    page.locator("tr[data-row='3'] td").nth(2).tap()
    assert page.locator("button[aria-pressed=true]").inner_text() == "saw"
    assert page.locator(".read-title").inner_text() == "Where “saw” looks"
    assert status(page) == "saw → cat, 0.03"
    context.close()


def test_head_view_by_keyboard_alone(opened, sentence):
    weights, tokens = sentence
    page = opened(head_view(weights, tokens, chosen="cat"))
    keys = "() => [...document.querySelectorAll('.key')].map(key => key.children[1].textContent)"
    page.keyboard.press("Tab")
    assert page.evaluate(keys) == ["0.30", "·", "0.46", "0.13", "0.04", "·", "·"]
    page.keyboard.press("ArrowDown")
    assert status(page) == "saw → [SEP], 0.70"
    assert page.evaluate(keys) == ["·", "·", "·", "0.04", "0.05", "0.15", "0.70"]
    on_top = page.locator(".lines > g").last
    assert (on_top.get_attribute("data-lines"), on_top.get_attribute("class")) == ("3", "on")
    colour, grey = (
        page.locator(f".lines > g[data-lines='{row}'] path").first.evaluate(
            "path => getComputedStyle(path).stroke"
        )
        for row in (3, 2)
    )
    assert (colour, grey) == ("rgb(43, 69, 181)", "rgb(99, 102, 111)")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    assert status(page) == "saw → dog, 0.15"
    page.keyboard.press("Escape")
    assert (active(page), status(page)) == ("cat", "cat → cat, 0.46")
    assert tab_stops(page) == 1


def test_lines_meet_the_rows_they_join(opened, sentence):
    page = opened(head_view(*sentence, chosen="cat"), width=360)
    drawn = page.locator(".lines").bounding_box()
    queries = page.locator(".head-queries").bounding_box()
    assert drawn["y"] == pytest.approx(queries["y"], abs=0.5)
    assert drawn["height"] == pytest.approx(queries["height"], abs=0.5)


def test_grid_by_keyboard_alone(opened, heads, sentence):
    tokens = sentence[1]
    page = opened(head_grid(heads, tokens, highlight={(1, 2): "does a thing"}, chosen="cat"))
    title, finding = page.locator("[data-title]"), page.locator("[data-finding]")
    page.keyboard.press("Tab")
    assert active(page).startswith("Layer 1, head 2")
    assert (title.inner_text(), finding.inner_text()) == ("Layer 1, head 2", "does a thing")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowLeft")
    assert active(page) == "Layer 0, head 1"
    assert title.inner_text() == "Layer 1, head 2"  # looking round opens nothing
    page.keyboard.press("Enter")
    assert (title.inner_text(), finding.text_content()) == ("Layer 0, head 1", "")
    assert active(page) == "Layer 0, head 1"  # focus kept
    page.keyboard.press("Tab")  # on to the map
    assert active(page) == "cat"
    page.keyboard.press("Shift+Tab")
    assert active(page) == "Layer 0, head 1"
    page.keyboard.press("Escape")
    assert active(page).startswith("Layer 1, head 2")
    assert (title.inner_text(), finding.inner_text()) == ("Layer 1, head 2", "does a thing")
    assert tab_stops(page) == 2  # the grid and its map


def test_every_opened_map_is_the_one_python_draws(opened, heads, sentence):
    tokens = sentence[1]
    page = opened(head_grid(heads, tokens, chosen="cat"))
    cells = "() => [...document.querySelectorAll('.heat tbody td')].map(c => [c.className, c.textContent])"
    for index, thumb in enumerate(page.locator(".thumb").all()):
        thumb.click()
        drawn = tree(heatmap(heads[index // 3][index % 3], tokens, chosen="cat"))
        expected = [[cell.get("class"), words(cell)] for cell in drawn.findall(".//tbody/tr/td")]
        assert page.evaluate(cells) == expected
        assert [tuple(bar) for bar in shown_bars(page)] == bars(drawn)
        assert (
            page.locator(".thumb[aria-pressed=true]").get_attribute("data-head")
            == f"{index // 3} {index % 3}"
        )


@pytest.mark.parametrize("width", [360, 1280])
def test_the_map_opens_where_it_is_seen(opened, heads, sentence, width):
    above = heatmap(*sentence)  # something to scroll past
    page = opened(above, above, head_grid(heads, sentence[1]), width=width)
    thumb = page.locator("[data-head='1 1']")
    thumb.scroll_into_view_if_needed()
    before = thumb.bounding_box()["y"]
    thumb.click()
    assert thumb.bounding_box()["y"] == pytest.approx(before, abs=2)
    layer = page.locator(".layer").nth(1).bounding_box()
    panel = page.locator(".grid-map").bounding_box()
    assert panel["y"] >= layer["y"] + layer["height"] - 1
    page.locator("[data-head='0 1']").click()
    first, second = (page.locator(".layer").nth(i).bounding_box() for i in (0, 1))
    between = first["y"] < page.locator(".grid-map").bounding_box()["y"] < second["y"]
    assert between == (width == 360)


def test_tokens_never_become_markup(opened, sentence):
    weights, _ = sentence
    evil = ["<img src=x onerror=alert(1)>", "</script>", "&lt;", "שלום", "🦊", "##s", "'"]
    page = opened(heatmap(weights, evil, chosen=3))
    page.keyboard.press("Tab")
    for token in reversed(evil[:3]):
        page.keyboard.press("ArrowUp")
        assert page.locator("[data-query]").inner_text() == token
    assert page.locator("main img").count() == 0


def test_all_is_readable_without_javascript(browser, scratch, heads, sentence):
    weights, tokens = sentence
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(scratch(heatmap(weights, tokens, chosen="cat"), head_grid(heads, tokens)))
    assert page.get_by_role("button", name="Layer 1, head 2").is_visible()
    assert page.get_by_text("Where “cat” looks").is_visible()
    assert page.locator("td.at").first.inner_text() == ".46"
    context.close()
