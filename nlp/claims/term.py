"""The small language in which topics and patterns are written, and its translation to regular expressions.

    queue               the word itself
    inspect*            a word that begins so (`*` stands for any letters, anywhere in a word)
    (lane*|window*)     one of several; a branch may have several words
    (of the)?           may be missing
    delays?             the last letter may be missing
    new rules           words side by side (a comma or a quote mark may stand between)
    new ... rules       up to four words between, within one clause part
    he .... said        up to nine words between
    he ..... said       anything between, commas too
    check* & sanction*  both, in either order, up to seven words between
    ^                   the start of the sentence
    , : — "             that mark
    {effect}            a place that the caller fills

Terms are matched against text in the one spelling of `nlp.claims.fold`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ingest.errors import KnowledgeError
from nlp.claims.fold import fold

_TOKEN = re.compile(r'\{\w+\}|\.{3,5}|[()|?&^]|[,:;—"](?=[\s)|]|$)|[^\s()|?&,:;"]+\??')
_MARKS = frozenset(',:;—"')
_BEFORE_MARK = r"[^\w.,;:!?\"]{0,4}"
_BEGINS_WITH_MARK = re.compile(rf"(?:^|\(\?:|\|){re.escape(_BEFORE_MARK)}")
_ENDS_WITH_MARK = re.compile(r"\\[sW]\*\)*$")
NOTHING = re.compile(r"(?!)")
_BEFORE = r"(?<![\w-])"
_AFTER = r"(?![\w-])"
_PIECE = re.compile(r"\\.|\[\^?(?:\\.|[^\]])*\]|.", re.DOTALL)
_LONGEST_COPY = 1000
"""Characters up to which what follows a bracket is written out behind each of its branches."""


@dataclass(frozen=True, slots=True)
class Spacing:
    """What may stand between two words of a term: `next_to` for neighbours, `gaps` for ... and .... and ....., `near`
    for &."""

    next_to: str
    gaps: tuple[str, str, str]
    near: str


def _spacing(marks: str) -> Spacing:
    next_to = rf"[^\w{marks}]{{1,3}}"
    word = rf"(?:[^\w{marks}]{{1,3}}\w[\w'-]*)"
    return Spacing(next_to, (word + "{0,4}?", word + "{0,9}?", r"(?:[^\w.;!?]{1,3}\w[\w'-]*){0,60}?"), word + "{0,7}?")


LOOSE = _spacing(".;!?:")
"""Commas may stand between the words."""
TIGHT = _spacing(".,;!?:—")
"""No mark may stand between the words."""


def translate(term: str, places: Mapping[str, str] | None = None, spacing: Spacing = LOOSE) -> str:
    """The regular expression of `term`; `places` gives the expression that stands for each `{name}`.

    Raises KnowledgeError where brackets don't pair, a place is unknown, or the term is empty.
    """
    tokens = _TOKEN.findall(fold(term))
    if not tokens:
        raise KnowledgeError("a term is empty")
    expression, rest = _Translation(term, places or {}, spacing).branches(tokens)
    if rest:
        raise KnowledgeError(f"a bracket too many in the term {term!r}")
    return expression


def compile_terms(
    terms: Sequence[str], places: Mapping[str, str] | None = None, spacing: Spacing = LOOSE
) -> re.Pattern[str]:
    """One expression that finds any of `terms`; it finds nothing where there are none."""
    if not terms:
        return NOTHING
    return re.compile(any_of(terms, places, spacing))


def any_of(terms: Sequence[str], places: Mapping[str, str] | None = None, spacing: Spacing = LOOSE) -> str:
    """The expression that finds any of `terms`.

    Those that begin with a word share one test for the start of a word, and stand in a tree by their first letters:
    without that every position of a text would try every term.
    """
    first: list[str] = []
    rest: list[str] = []
    for term in terms:
        anywhere = any(
            token in _MARKS or not (token[0].isalnum() or token[0] in "*(|?&.)") for token in _TOKEN.findall(fold(term))
        )
        expression = translate(term, places, spacing)
        branches = _branches(expression)
        if not anywhere:
            first += branches
        elif all(branch.startswith((_BEFORE, _BEFORE_MARK)) for branch in branches):
            first += [branch for branch in branches if branch.startswith(_BEFORE)]
            rest += [branch for branch in branches if branch.startswith(_BEFORE_MARK)]
        else:
            rest.append(expression)
    tree = _tree([branch.removeprefix(_BEFORE) for branch in first])
    shared = [rf"\b(?<!-)(?=\w)(?:{tree})"] if first else []
    return "(?:" + "|".join([*shared, *rest]) + ")"


def _branches(expression: str) -> list[str]:
    """`expression` as branches, in their order, that begin with no bracket where that can be."""
    if not expression.startswith("(?:") or "(?P<" in expression:
        return [expression]
    depth, start, inside = 1, 3, []
    for piece in _PIECE.finditer(expression, 3):
        depth += {"(": 1, ")": -1}.get(piece[0], 0)
        if depth == 0 or (depth == 1 and piece[0] == "|"):
            inside.append(expression[start : piece.start()])
            start = piece.end()
        if depth == 0:
            break
    behind = expression[start:]
    optional = behind.startswith("?") and not behind.startswith(("??", "?+"))
    if behind[:1] in ("?", "*", "+", "{") and not optional:
        return [expression]
    if len(behind) * len(inside) > _LONGEST_COPY:
        tree = _tree([branch.removeprefix(_BEFORE) for one in inside for branch in _branches(one)])
        return [f"(?:{tree}){behind}"]
    behind = behind[1:] if optional else behind
    written_out = [branch + behind for one in inside for branch in _branches(one)]
    return [*written_out, *_branches(behind)] if optional else written_out


def _tree(branches: list[str]) -> str:
    """`branches` in their order; those in a row that begin with the same letter stand behind that letter."""
    out: list[str] = []
    by_letter: dict[str, list[str]] = {}
    for branch in branches:
        if branch[:1].isalnum() and branch[1:2] not in ("?", "*", "+", "{"):
            by_letter.setdefault(branch[0], []).append(branch[1:])
        else:
            out += [*_behind_letters(by_letter), branch]
            by_letter = {}
    return "|".join([*out, *_behind_letters(by_letter)])


def _behind_letters(by_letter: Mapping[str, list[str]]) -> list[str]:
    return [letter + (rests[0] if len(rests) == 1 else f"(?:{_tree(rests)})") for letter, rests in by_letter.items()]


@dataclass(frozen=True, slots=True)
class _Translation:
    term: str
    places: Mapping[str, str]
    spacing: Spacing

    def branches(self, tokens: list[str]) -> tuple[str, list[str]]:
        """Reads `a|b|c` up to a closing bracket or the end; gives the expression and the tokens left."""
        found: list[str] = []
        while True:
            expression, tokens = self.both_orders(tokens)
            found.append(expression)
            if not tokens or tokens[0] != "|":
                return (found[0] if len(found) == 1 else f"(?:{'|'.join(found)})"), tokens
            tokens = tokens[1:]

    def both_orders(self, tokens: list[str]) -> tuple[str, list[str]]:
        parts: list[str] = []
        while True:
            expression, tokens = self.sequence(tokens)
            parts.append(expression)
            if not tokens or tokens[0] != "&":
                break
            tokens = tokens[1:]
        if len(parts) == 1:
            return parts[0], tokens
        if len(parts) > 2:
            raise KnowledgeError(f"more than one & in the term {self.term!r}")
        between = self.spacing.near + self.spacing.next_to
        return f"(?:{parts[0]}{between}{parts[1]}|{parts[1]}{between}{parts[0]})", tokens

    def sequence(self, tokens: list[str]) -> tuple[str, list[str]]:
        out = ""
        glue = gap = ""
        while tokens and tokens[0] not in (")", "|", "&"):
            token, tokens = tokens[0], tokens[1:]
            if token.startswith("..."):
                gap = self.spacing.gaps[len(token) - 3] if out and glue else ""
                glue = gap + self.spacing.next_to if gap else glue
                continue
            if token == "^":
                out, glue = out + r"^\W*", ""
                continue
            if token in _MARKS:
                out, glue = out + gap + rf"{_BEFORE_MARK}{re.escape(token)}\s*", ""
                gap = ""
                continue
            expression, tokens = self.unit(token, tokens)
            if glue and _BEGINS_WITH_MARK.search(expression):
                glue = glue[: -len("{1,3}")] + "{0,3}"
            optional = bool(tokens) and tokens[0] == "?"
            if optional:
                tokens = tokens[1:]
            if optional and out and glue:
                out += f"(?:{glue}{expression})?"
            elif optional:
                out += f"(?:{expression}{self.spacing.next_to})?"
                continue
            else:
                out += glue + expression
            gap = ""
            glue = self.spacing.next_to
            if _ENDS_WITH_MARK.search(expression):
                glue = glue[: -len("{1,3}")] + "{0,3}" if optional else ""
        if not out:
            raise KnowledgeError(f"an empty branch in the term {self.term!r}")
        return out, tokens

    def unit(self, token: str, tokens: list[str]) -> tuple[str, list[str]]:
        """One word, place or bracket."""
        if token == "(":
            expression, tokens = self.branches(tokens)
            if not tokens or tokens[0] != ")":
                raise KnowledgeError(f"a bracket is not closed in the term {self.term!r}")
            return f"(?:{expression})", tokens[1:]
        if token.startswith("{"):
            if token[1:-1] not in self.places:
                raise KnowledgeError(f"unknown place {token} in the term {self.term!r}")
            return self.places[token[1:-1]], tokens
        if token in ("?", ")"):
            raise KnowledgeError(f"a stray {token!r} in the term {self.term!r}")
        return _word(token), tokens


def _word(token: str) -> str:
    if token == "*":
        return r"\w[\w-]*"
    last = len(token) > 2 and token.endswith("?")
    token = token[:-1] if last else token
    body = re.escape(token).replace(r"\*", r"[\w-]*") + ("?" if last else "")
    before = _BEFORE if token[0].isalnum() or token[0] == "*" else ""
    after = _AFTER if token[-1].isalnum() else ""
    return before + body + after
