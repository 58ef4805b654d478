"""The format of exported files is published with the site, and exported files name it."""

import json

import jsonschema


def test_the_schema_of_exported_files_is_published(site):
    schema = json.loads((site / "assets" / "record.schema.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    assert schema["properties"]["version"] == {**schema["properties"]["version"], "const": 3}


def test_an_exported_file_names_the_schema_that_describes_it(page, address, site):
    page.goto(f"{address}dashboard/")
    with page.expect_download() as download:
        page.get_by_role("button", name="Export to a file").click()
    file = json.loads(download.value.path().read_text(encoding="utf-8"))
    assert file["$schema"] == f"{address}assets/record.schema.json"
    schema = json.loads((site / "assets" / "record.schema.json").read_text(encoding="utf-8"))
    assert page.request.get(file["$schema"]).json() == schema
    jsonschema.Draft202012Validator(schema).validate(file)
