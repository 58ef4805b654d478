"""Where the site's script cannot start, the page says so and what to do; and never where it could."""

from playwright.sync_api import expect
from support import courses, learner_site

NOTICE = "[data-not-started]"


def test_why_the_script_did_not_start_and_what_to_do(browser, site, once):
    folder = once("small", lambda folder: learner_site.build(folder, courses.small()))
    context = browser.new_context()
    page = context.new_page()
    page.route("**/app.mjs", lambda route: route.abort())
    page.goto(f"{site}topics/tokens/")
    expect(page.locator(NOTICE)).to_contain_text("Perhaps the connection was lost")
    page.unroute("**/app.mjs")
    page.get_by_role("link", name="Load the page again").click()
    expect(page.locator("[data-notes-status]")).to_contain_text("Stored as you type")
    expect(page.locator(NOTICE)).to_have_count(0)

    new = {
        "content_type": "text/javascript",
        "body": "let a = 1 ?!? 2;",
    }  # syntax that this browser cannot know
    page.route("**/app.mjs", lambda route: route.fulfill(**new))
    page.reload()
    expect(page.locator(NOTICE)).to_contain_text("too old")
    page.unroute("**/app.mjs")

    page.goto((folder / "topics" / "tokens" / "index.html").as_uri())
    expect(page.locator(NOTICE)).to_contain_text("python -m http.server")

    page.goto(f"{site}axe.min.js")
    page.set_content(
        f'<iframe sandbox="allow-scripts" src="{site}topics/tokens/" width="900" height="900"></iframe>'
    )
    framed = page.frame_locator("iframe")
    expect(framed.locator(NOTICE)).to_contain_text("does not let it run")
    expect(framed.get_by_role("link", name="Open this page by itself")).to_be_visible()
    context.close()
