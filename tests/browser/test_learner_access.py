"""Everything of the learner's by keyboard alone, and axe finds nothing, in both schemes and at both widths."""

import json

import pytest
from playwright.sync_api import expect
from support.keyboard import tab_to

TIME = "2026-11-01T08:00:00.000Z"
MARK = {"value": True, "updated": TIME}
NOTE = {
    "content": "a note\nשלום",
    "updated": TIME,
    "history": [{"content": "other", "updated": "2026-10-01T08:00:00.000Z"}],
}
USED = {
    "version": 1,
    "notes": {"tokens": NOTE},
    "rubric": {"tokens": {"1": MARK, "2": MARK}, "attention": {"1": MARK}},
    "visits": {"tokens": {"first": TIME, "last": TIME}},
    "finished": {"tokens": MARK},
}
PAGES = ["topics/tokens/", "topics/attention/", "dashboard/", "reference/topic-map/", "raw/"]


@pytest.mark.parametrize(
    ("record", "scheme", "width"),
    [
        (USED, "default", 360),
        (USED, "slate", 1280),
        ("{broken", "default", 1280),
        pytest.param(USED, "default", 1280, marks=pytest.mark.long),
        pytest.param(USED, "slate", 360, marks=pytest.mark.long),
        pytest.param("{broken", "slate", 360, marks=pytest.mark.long),
        pytest.param("{broken", "default", 360, marks=pytest.mark.long),
        pytest.param("{broken", "slate", 1280, marks=pytest.mark.long),
    ],
)
def test_axe_finds_nothing(page, site, storage, scheme, width, record):
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(reduced_motion="reduce")  # colours change at once
    text = record if isinstance(record, str) else json.dumps(record)
    for path in PAGES:
        page.goto(f"{site}axe.min.js")
        page.evaluate("localStorage.clear()")
        storage.put(text)
        page.goto(f"{site}{path}")
        page.evaluate("scheme => { document.body.dataset.mdColorScheme = scheme; }", scheme)
        for summary in page.locator("details:not([hidden]) > summary").all():
            summary.click()
        page.add_script_tag(url=f"{site}axe.min.js")
        found = page.evaluate("axe.run(document, {resultTypes: ['violations']}).then(r => r.violations)")
        told = [(one["id"], one["nodes"][0]["html"], one["nodes"][0]["failureSummary"]) for one in found]
        assert not told, (path, told)
        wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert wide <= 0, f"{path} is {wide} px wider than the screen"


def test_a_topic_by_keyboard(page, site, storage):
    page.goto(f"{site}topics/tokens/")
    for level in (1, 2):
        tab_to(page, page.locator(f"input[data-level='{level}']"))
        page.keyboard.press("Space")
    expect(page.locator("[data-level-says]")).to_have_text("You say 2.")
    tab_to(page, page.locator("textarea"))
    page.keyboard.type("typed, not clicked")
    tab_to(page, page.get_by_role("button", name="Mark as finished"))
    page.keyboard.press("Enter")
    expect(page.locator("[data-finish-status]")).to_contain_text("finished")
    record = storage.until(lambda record: record["finished"]["tokens"]["value"])
    assert record["notes"]["tokens"]["content"] == "typed, not clicked"


def test_the_dashboard_by_keyboard(page, site, storage):
    storage.put(json.dumps(USED))
    page.goto(f"{site}dashboard/")
    tab_to(page, page.get_by_role("link", name="Start, 45 min"))
    tab_to(page, page.get_by_role("link", name="Multi-Head Attention level 0"))
    button = page.get_by_role("button", name="Export to a file")
    tab_to(page, button)
    with page.expect_download() as download:
        page.keyboard.press("Enter")
    assert (
        json.loads(download.value.path().read_text(encoding="utf-8"))["notes"]["tokens"]["content"]
        == NOTE["content"]
    )


def test_import_by_keyboard(page, site, storage):
    page.on("filechooser", lambda _: None)  # in time: the browser must know that somebody will choose
    page.goto(f"{site}dashboard/")
    tab_to(page, page.locator("input[data-import]"))
    with page.expect_file_chooser() as chooser:
        page.keyboard.press("Enter")
    chooser.value.set_files({"name": "mine.json", "mimeType": "", "buffer": json.dumps(USED).encode()})
    tab_to(page, page.get_by_role("button", name="Merge", exact=True))
    page.keyboard.press("Enter")
    expect(page.locator("[data-backup-status]")).to_contain_text("mine.json: 1 note, 2 self-assessments")


def test_a_message_by_keyboard(page, site, storage):
    storage.put("{broken")
    page.goto(f"{site}topics/tokens/")
    tab_to(page, page.get_by_role("button", name="Dismiss"))
    page.keyboard.press("Space")
    expect(page.locator("[data-notice]")).to_be_hidden()


def test_the_map_by_keyboard(page, site, storage):
    page.set_viewport_size({"width": 1400, "height": 900})
    storage.put(json.dumps(USED))
    page.goto(f"{site}reference/topic-map/")
    status = page.locator("[data-map-status]")
    expect(status).to_have_text(
        "Next: Scaled Dot-Product Attention. Needs 2 topics, 1 of which you have. Opens 2 topics."
    )
    tab_to(page, page.locator("a.map-node[data-topic=attention]"))
    page.keyboard.press("ArrowDown")
    expect(page.locator("a.map-node[data-topic=heads]")).to_be_focused()
    expect(status).to_have_text(
        "Chosen: Multi-Head Attention. Needs 3 topics, 1 of which you have. Opens 1 topic."
    )
    page.keyboard.press("ArrowLeft")
    expect(page.locator("a.map-node[data-topic=vectors]")).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(page.locator("a.map-node[data-topic=tokens]")).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(page.locator("a.map-node[data-topic=tokens]")).to_be_focused()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('svg') === null"), "the graph is one tab stop"
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{site}topics/tokens/")


def test_the_filter_by_keyboard(page, site, storage):
    page.goto(f"{site}reference/topic-map/")
    button = page.get_by_role("button", name="Practice")
    tab_to(page, button)
    page.keyboard.press("Enter")
    expect(button).to_have_attribute("aria-pressed", "true")
    expect(page.get_by_role("button", name="All")).to_have_attribute("aria-pressed", "false")
    expect(page.locator("[data-map-status]")).to_have_text(
        "2 topics to practice; 2 sections of them written, 40 min."
    )
    shown = page.locator("[data-map-entry]:visible").evaluate_all(
        "entries => entries.map(e => e.dataset.mapEntry)"
    )
    assert shown == ["tokens", "attention"]


def test_the_chosen_topics_chain_is_marked(page, site, storage):
    page.set_viewport_size({"width": 1400, "height": 900})
    page.goto(f"{site}reference/topic-map/")
    page.locator("a.map-node[data-topic=attention]").hover()
    marked = page.locator(".map-edge").evaluate_all(
        "edges => Object.fromEntries(edges.map(e => [`${e.dataset.from} ${e.dataset.to}`, e.getAttribute('class')]))"
    )
    assert marked == {
        "tokens attention": "map-edge is-need is-direct",
        "vectors attention": "map-edge is-need is-direct",
        "attention heads": "map-edge is-open is-direct",
        "heads cross": "map-edge is-open is-far",
        "tokens cross": "map-edge",
    }


def test_the_map_says_the_same_as_the_list(page, site, storage):
    storage.put(json.dumps(USED))
    page.set_viewport_size({"width": 1400, "height": 900})
    page.goto(f"{site}reference/topic-map/")
    expect(page.locator("a.map-node[data-topic=tokens] .map-level")).to_have_text("2")
    expect(page.locator("#tokens .level-square")).to_have_text("2")
    expect(page.locator("a.map-node[data-topic=attention]")).to_have_attribute(
        "aria-label", "1 Scaled Dot-Product Attention 45 min · next, level 1"
    )
    expect(page.locator("#attention")).to_contain_text("Scaled Dot-Product Attention, level 1")
    expect(page.locator("#attention [data-map-tag]")).to_have_text("Next")
    page.set_viewport_size({"width": 800, "height": 900})
    expect(page.locator("svg.topic-map")).to_be_hidden()
    expect(page.locator("#cross")).to_contain_text("Needs Multi-Head Attention, Tokens")
