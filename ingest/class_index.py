"""The elements of a part of a page by their classes, read in one walk: a page is asked for dozens of classes."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Final

from lxml import etree

_OPAQUE: Final = frozenset({"svg", "script", "style"})


class ClassIndex:
    """The elements in and below `root`, in the page's order, without what is below an element of one of the `closed` classes."""

    def __init__(self, root: etree._Element, closed: Collection[str] = ()) -> None:
        self.root = root
        self._by_class: dict[str, list[etree._Element]] = {}
        self._elements: list[tuple[etree._Element, frozenset[str]]] = []
        waiting = [root]
        while waiting:
            element = waiting.pop()
            classes = frozenset((element.get("class") or "").split())
            self._elements.append((element, classes))
            for name in classes:
                self._by_class.setdefault(name, []).append(element)
            if element.tag not in _OPAQUE and (element is root or classes.isdisjoint(closed)):
                waiting.extend(reversed(element))

    def __iter__(self) -> Iterator[etree._Element]:
        return (element for element, _ in self._elements)

    def __contains__(self, name: str) -> bool:
        return name in self._by_class

    def all(self, name: str) -> list[etree._Element]:
        """The elements of the class `name`."""
        return self._by_class.get(name, [])

    def first(self, *names: str) -> etree._Element | None:
        """The first element of the first of these classes that there is on the page."""
        return next((self._by_class[name][0] for name in names if name in self._by_class), None)

    def tags(self, *names: str) -> Iterator[etree._Element]:
        """The elements with one of these tag names."""
        return (element for element, _ in self._elements if element.tag in names)

    def with_class(self, names: Collection[str]) -> Iterator[tuple[etree._Element, str]]:
        """The elements of any of these classes, each with the class."""
        for element, classes in self._elements:
            for name in classes.intersection(names):
                yield element, name
