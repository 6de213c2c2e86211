"""Compiled charts made small and quiet: the drawing kept, the machine's bookkeeping dropped."""

import re
from collections.abc import Iterable
from xml.etree import ElementTree as ET

NAMESPACE = "http://www.w3.org/2000/svg"
DROPPED = ("class", "role", "aria-roledescription", "aria-hidden", "pointer-events", "stroke-miterlimit")
DEFAULTS = {
    "opacity": "1",
    "stroke-width": "1",
    "fill-opacity": "1",
    "stroke-opacity": "1",
    "x2": "0",
    "y2": "0",
    "text-anchor": "start",
    "transform": "translate(0,0)",
    "font-family": "sans-serif",
    "font-size": "0px",
}
INHERITED = ("fill", "stroke", "stroke-width", "text-anchor", "font-weight")
PLACE = re.compile(r"translate\((-?[\d.]+),(-?[\d.]+)\)")
CIRCLE = re.compile(r"M([\d.]+),0A\1,\1,0,1,1,-\1,0A\1,\1,0,1,1,\1,0")
STEP = re.compile(r"([MLlhv])(-?[\d.]+)(?:,(-?[\d.]+))?")
BEGIN = re.compile(r"M(-?[\d.]+),(-?[\d.]+)")
DRAWN = re.compile(rf"(?:{STEP.pattern})+Z?")
STEPS = re.compile(r"M[\d.-]+,[\d.-]+(?:[lhv][\d.,-]+)*")  # one line, each step relative to the one before
LONG_DECIMAL = re.compile(r"-?\d+\.\d{2,}(?:e-?\d+)?")


def accessible(svg: str, identifier: str, title: str, description: str) -> str:
    """A simplified chart as one image with a name and a description, at its natural size."""
    ET.register_namespace("", NAMESPACE)
    root = ET.fromstring(svg)
    _simplify(root)
    for number, (tag, text) in enumerate((("title", title), ("desc", description))):
        element = ET.Element(f"{{{NAMESPACE}}}{tag}", {"id": f"{identifier}-{tag}"})
        element.text = text
        root.insert(number, element)
    root.attrib.pop("version", None)
    root.tail = None
    root.set("role", "img")
    root.set("aria-labelledby", f"{identifier}-title {identifier}-desc")
    # Inside a page an SVG element needs no name space, and there are dozens of them.
    return ET.tostring(root, encoding="unicode").replace(f' xmlns="{NAMESPACE}"', "")


def _simplify(element: ET.Element) -> None:
    for name in DROPPED:
        element.attrib.pop(name, None)
    if classes := element.attrib.pop("aria-label", ""):  # the one thing that a mark can say of itself
        element.set("class", classes)
    for name, value in list(element.attrib.items()):
        if DEFAULTS.get(name) == value:
            del element.attrib[name]
        else:
            element.set(name, LONG_DECIMAL.sub(_rounded, value))
    _shorten(element)
    children: list[ET.Element] = []
    for child in element:
        _simplify(child)
        if not _invisible(child):
            children += child if _tag(child) == "g" and not child.attrib else [child]
    element[:] = children
    _hoist(element)
    element[:] = _joined(element)
    if len(element) == 1 and _tag(element) == _tag(element[0]) == "g" and not element.attrib.keys() & element[0].keys():
        _absorb(element, element[0])
    element.tail = None


def _shorten(element: ET.Element) -> None:
    """A circle drawn as a path becomes a circle; what was moved stands where it was moved to; lines become paths."""
    tag = _tag(element)
    place = PLACE.fullmatch(element.get("transform", ""))
    if tag == "line":
        element.set("d", f"M0,0L{element.attrib.pop('x2', '0')},{element.attrib.pop('y2', '0')}")
        element.tag = element.tag.removesuffix(tag) + "path"
    if place and DRAWN.fullmatch(element.get("d", "")):
        element.set("d", _drawn_at(float(place[1]), float(place[2]), element.get("d", "")))
        del element.attrib["transform"]
    circle = CIRCLE.fullmatch(element.get("d", ""))
    if circle:
        element.tag = element.tag.removesuffix(tag) + "circle"
        del element.attrib["d"]
        element.set("r", circle[1])
    names = {"circle": ("cx", "cy"), "text": ("x", "y")}.get("circle" if circle else tag)
    if names and place:
        del element.attrib["transform"]
        for name, value in zip(names, place.groups(), strict=True):
            element.set(name, value)


def _drawn_at(x: float, y: float, path: str) -> str:
    """A path of straight lines that begins somewhere else, each step relative to the one before."""
    steps = []
    here = (0.0, 0.0)
    for command, first, second in STEP.findall(path):
        if command in "hv":
            move = (float(first), 0.0) if command == "h" else (0.0, float(first))
        else:
            move = float(first) - here[0], float(second) - here[1]
        here = here[0] + move[0], here[1] + move[1]
        steps.append(f"M{_short(x + move[0])},{_short(y + move[1])}" if command == "M" else _step(*move))
    return "".join(steps) + ("Z" if path.endswith("Z") else "")


def _step(x: float, y: float) -> str:
    if not round(y, 1):
        return f"h{_short(x)}"
    return f"l{_short(x)},{_short(y)}" if round(x, 1) else f"v{_short(y)}"


def _joined(elements: Iterable[ET.Element]) -> list[ET.Element]:
    """Neighbouring paths that look alike are one: a part begins with a step from the one before if that is shorter."""
    found: list[ET.Element] = []
    here: tuple[float, float] | None = None
    for element in elements:
        last, path = found[-1] if found else element, element.get("d", "")
        alike = element is not last and _tag(element) == _tag(last) == "path"
        if alike and {**element.attrib, "d": ""} == {**last.attrib, "d": ""}:
            last.set("d", last.get("d", "") + (_moved(path, here) if here else path))
        else:
            found.append(element)
        here = _end(path) if STEPS.fullmatch(path) else None
    return found


def _moved(path: str, here: tuple[float, float]) -> str:
    """A path that begins with a step from here where that is shorter than its place."""
    begin = BEGIN.match(path)
    if begin is None:
        return path
    move = f"m{_short(float(begin[1]) - here[0])},{_short(float(begin[2]) - here[1])}"
    return f"{move}{path[begin.end() :]}" if len(move) < len(begin[0]) else path


def _end(path: str) -> tuple[float, float]:
    """Where a path of steps ends."""
    x = y = 0.0
    for command, first, second in STEP.findall(path):
        x += 0.0 if command == "v" else float(first)
        y += 0.0 if command == "h" else float(second or first)
    return x, y


def _hoist(element: ET.Element) -> None:
    """Say once, on the group, what most of its children say of themselves."""
    children = list(element)
    if len(children) < 2:
        return
    for name in INHERITED:
        values = [child.get(name) for child in children]
        if name in element.attrib or None in values:
            continue
        common = max(sorted(set(filter(None, values))), key=values.count)
        element.set(name, common)
        for child in children:
            if child.get(name) == common:
                del child.attrib[name]


def _absorb(element: ET.Element, child: ET.Element) -> None:
    """Take the place of an only child of the same kind."""
    element.attrib.update(child.attrib)
    element[:] = list(child)


def _tag(element: ET.Element) -> str:
    return element.tag.removeprefix(f"{{{NAMESPACE}}}")


def _invisible(element: ET.Element) -> bool:
    tag = _tag(element)
    if tag == "g":
        return len(element) == 0
    if tag == "path":
        return element.get("display") == "none" or not {"fill", "stroke"} & element.attrib.keys()
    return tag == "text" and not (element.text or "").strip()


def _rounded(match: re.Match[str]) -> str:
    return _short(float(match.group()))


def _short(value: float) -> str:
    text = f"{value:.1f}"
    return "0" if text == "-0.0" else text.removesuffix(".0")
