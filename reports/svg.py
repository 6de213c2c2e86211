"""Compiled charts made small and quiet: the drawing kept, the machine's bookkeeping dropped."""

import re
from xml.etree import ElementTree as ET

NAMESPACE = "http://www.w3.org/2000/svg"
DROPPED = ("class", "role", "aria-roledescription", "aria-hidden", "aria-label", "pointer-events", "stroke-miterlimit")
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
    "font-size": "12px",
}
INHERITED = ("fill", "stroke", "stroke-width", "text-anchor", "font-weight")
PLACE = re.compile(r"translate\((-?[\d.]+),(-?[\d.]+)\)")
CIRCLE = re.compile(r"M([\d.]+),0A\1,\1,0,1,1,-\1,0A\1,\1,0,1,1,\1,0")
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
    root.set("role", "img")
    root.set("aria-labelledby", f"{identifier}-title {identifier}-desc")
    return ET.tostring(root, encoding="unicode")


def _simplify(element: ET.Element) -> None:
    for name in DROPPED:
        element.attrib.pop(name, None)
    for name, value in list(element.attrib.items()):
        if DEFAULTS.get(name) == value:
            del element.attrib[name]
        else:
            element.set(name, LONG_DECIMAL.sub(_rounded, value))
    _shorten(element)
    for child in list(element):
        _simplify(child)
        if _invisible(child):
            element.remove(child)
    _hoist(element)
    children = list(element)
    if len(children) == 1 and children[0].tag == element.tag and not element.attrib:
        _absorb(element, children[0])
    element.tail = None


def _shorten(element: ET.Element) -> None:
    """A circle drawn as a path becomes a circle; a moved text or circle stands where it was moved to."""
    tag = element.tag.removeprefix(f"{{{NAMESPACE}}}")
    circle = CIRCLE.fullmatch(element.get("d", ""))
    if circle:
        element.tag = element.tag.removesuffix(tag) + "circle"
        del element.attrib["d"]
        element.set("r", circle[1])
    names = {"circle": ("cx", "cy"), "text": ("x", "y")}.get("circle" if circle else tag)
    place = PLACE.fullmatch(element.get("transform", ""))
    if names and place:
        del element.attrib["transform"]
        for name, value in zip(names, place.groups(), strict=True):
            element.set(name, value)


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


def _invisible(element: ET.Element) -> bool:
    tag = element.tag.removeprefix(f"{{{NAMESPACE}}}")
    if tag == "g":
        return len(element) == 0
    if tag == "path":
        return element.get("display") == "none" or not {"fill", "stroke"} & element.attrib.keys()
    return tag == "text" and not (element.text or "").strip()


def _rounded(match: re.Match[str]) -> str:
    text = f"{float(match.group()):.1f}"
    return "0" if text == "-0.0" else text.removesuffix(".0")
