"""What is dropped of a page's spaces, and what is not."""

from hooks.site_files import spaces


def test_indentation_goes_and_code_stays():
    code = '<pre><code>if x:\n    <span class="n">y</span>\n\n\nz</code></pre>'
    field = "<textarea>\n  a\n\n  b</textarea>"
    script = "<script>\n  const a = `\n  `;\n</script>"
    page = f"<div>\n\n    <p>two  words\n      and more</p>\n  {code}\n {field}\n   {script}\n\n</div>"
    assert spaces.drop(page) == f"<div>\n<p>two  words\nand more</p>\n{code}\n{field}\n{script}\n</div>"
