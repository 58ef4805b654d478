"""How a name of a package is called: its signature in words of Python, and the package's own names in it."""

import re

import griffe

ONE_LINE = 60  # characters that fit on one line


def written(member, given: list) -> str:
    """As one would write it, without self: on one line, or one parameter a line."""
    returns = "" if member.is_class or member.annotation is None else f" -> {member.annotation}"
    if member.is_attribute:
        return f"@property\n{member.name}{returns.replace(' -> ', ': ')}"
    marks = [name for name in ("classmethod", "staticmethod") if name in member.labels]
    start = "".join(f"@{mark}\n" for mark in marks) + ("class " if member.is_class else "def ") + member.name
    shown, kinds = [], griffe.ParameterKind
    for at, one in enumerate(given):
        before = given[at - 1].kind if at else None
        if before is kinds.positional_only and one.kind is not before:
            shown.append("/")
        if one.kind is kinds.keyword_only and before not in (kinds.keyword_only, kinds.var_positional):
            shown.append("*")
        shown.append(_parameter(one))
    if not shown and member.is_class:
        return start
    line = f"{start}({', '.join(shown)}){returns}"
    if len(line.split("\n")[-1]) <= ONE_LINE:
        return line
    return f"{start}(\n" + "".join(f"    {one},\n" for one in shown) + f"){returns}"


def constant(one) -> str:
    """Its value too, where that is short enough to read at a glance."""
    start = one.name + (f": {one.annotation}" if one.annotation is not None else "")
    if one.value is None:
        return start
    value = str(one.value)
    return f"{start} = {value if len(value) <= 2 * ONE_LINE else '...'}"


def _parameter(one) -> str:
    stars = {griffe.ParameterKind.var_positional: "*", griffe.ParameterKind.var_keyword: "**"}
    text = stars.get(one.kind, "") + one.name
    if one.annotation is not None:
        text += f": {one.annotation}"
    if one.default is not None and one.kind not in stars:
        default = re.sub(r"e-0(\d)$", r"e-\1", str(one.default))  # Python says 1e-05, and 'a' for "a"
        default = re.sub(r"^'([^'\"]*)'$", r'"\1"', default)
        text += f" = {default}" if one.annotation is not None else f"={default}"
    return text


def names(parts: list, package: str) -> dict[str, str]:
    """The package's own names in annotations, defaults and bases, and the path of each."""
    found = {}
    for part in parts:
        if isinstance(part, griffe.Expr):
            for name in part.iterate(flat=True):
                if isinstance(name, griffe.ExprName) and name.canonical_path.startswith(f"{package}."):
                    found[name.name] = name.canonical_path
    return found
