"""What is done to the HTML of a page."""

from hooks.lesson.page import untranslated


def test_code_output_and_figures_are_not_translated_and_words_are():
    page = '<p>Run <code>x</code></p><pre class="code"><code id="a">y</code></pre><math><mi>z</mi></math>'
    figure = '<figure class="figure"><p>Title</p><div class="fig fig-heat">it</div><figcaption>Words</figcaption></figure>'
    assert untranslated(page + figure) == (
        '<p>Run <code translate=no>x</code></p><pre translate=no class="code"><code id="a">y</code></pre>'
        "<math><mi>z</mi></math>"
        '<figure class="figure"><p>Title</p><div translate=no class="fig fig-heat">it</div><figcaption>Words</figcaption></figure>'
    )
    assert untranslated("<preview><div>") == "<preview><div>"
