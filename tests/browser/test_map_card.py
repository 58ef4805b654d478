"""The topic map where the graph has no room: one topic and its neighbours, walked by keyboard; and the list alone."""

import json

import pytest
from playwright.sync_api import expect

MARK = {"value": True, "updated": "2026-11-01T08:00:00.000Z"}


@pytest.fixture
def card(page, site, storage):
    storage.put(
        json.dumps({"version": 2, "finished": {"tokens": MARK}, "rubric": {"tokens": {"1": MARK, "2": MARK}}})
    )
    page.set_viewport_size({"width": 360, "height": 800})
    page.goto(f"{site}reference/topic-map/")
    return page.locator("[data-map-card]")


def test_the_map_is_walked_from_card_to_card(page, site, card):
    expect(card.get_by_role("heading")).to_have_text(["Needs", "Next", "Opens"])
    expect(card.locator(".map-here")).to_contain_text("Scaled Dot-Product Attention")
    expect(card.locator(".map-here")).to_contain_text("45 min, level 0")
    card.get_by_role("button", name="Tokens").focus()
    page.keyboard.press("Enter")
    here = card.get_by_role("link", name="Tokens")
    expect(here).to_be_focused()
    expect(card.get_by_role("heading")).to_have_text(["Needs", "Chosen", "Opens"])
    expect(card).to_contain_text("Nothing from this course")
    expect(card.locator(".map-here")).to_contain_text("45 min, level 2, finished")
    expect(page.locator("[data-map-status]")).to_contain_text("Chosen: Tokens. Needs no other topic.")
    card.get_by_role("button", name="Cross-Attention").press("Enter")
    expect(card.locator("[data-map-here]")).to_be_focused()
    expect(card.locator(".map-here")).to_contain_text("Planned, not written yet")
    card.get_by_role("button", name="Multi-Head Attention").press("Enter")
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{site}topics/heads/")


@pytest.mark.parametrize("width", [360, 1400])
def test_the_list_can_stand_alone(page, card, width):
    page.set_viewport_size({"width": width, "height": 800})
    shown, other = (card, page.locator(".map-graph")) if width == 360 else (page.locator(".map-graph"), card)
    expect(shown).to_be_visible()
    expect(other).to_be_hidden()
    page.get_by_role("button", name="List").press("Enter")
    expect(page.get_by_role("button", name="List")).to_have_attribute("aria-pressed", "true")
    expect(shown).to_be_hidden()
    expect(page.locator("#heads")).to_be_visible()
    page.get_by_role("button", name="Map", exact=True).press("Enter")
    expect(shown).to_be_visible()
