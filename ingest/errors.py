"""The errors of kezek: one small tree, each with one clear sentence.

    KezekError                  anything that kezek itself says is wrong
    ├── InputError              what the caller gave: a date that is none, a JSON line that does not fit
    ├── SourceError             the sources file (names the line), or an unknown source id
    ├── FetchError              a response could not be had (timeout, reset, too large, forbidden by robots.txt)
    ├── ArchiveError            the archived bytes are missing, unreadable or not the ones that the hash names
    ├── ParseError              a response that is no document
    │   ├── NotHtmlError        … because its bytes are not HTML (or not a feed, where a feed was asked for)
    │   ├── EmptyBodyError      … because there are no bytes, or no text in them
    │   └── LayoutError         … because the page does not look as its parser expects: a redesign, or a wall before it
    ├── UnreadError             a source's interval was not read to its end, and somebody should look
    │   └── UnreadForNowError   … for a reason that may pass: a reset, a timeout, a 503
    ├── ModelError              a model or its data is missing or broken
    ├── KnowledgeError          a topic, pattern or knowledge-base file has an error (names file and entry)
    ├── WarehouseError          the warehouse can't be opened, read or written
    │   ├── NoWarehouseError    … because there is none yet
    │   ├── NotAWarehouseError  … because the file is no DuckDB file or holds another schema
    │   ├── SchemaError         … because it was written by a newer kezek
    │   └── TransientError      … now: the connection was lost, another writer was in the way; another try may go well
    └── NightError              Airflow could not run a night, or a task of it failed

The command line prints the sentence on stderr and exits with status 2.
"""

PARSER_BUGS = (ValueError, LookupError, TypeError, AttributeError, ArithmeticError, RecursionError)
"""What a parser's own mistake looks like. One page that trips it must not cost the source; it is logged with its trace."""


class KezekError(Exception):
    """Anything that kezek itself says is wrong; `str(error)` is one sentence for people."""


class InputError(KezekError):
    """What the caller gave can't be used."""


class SourceError(KezekError):
    """The sources file has an error, or a source id is unknown."""


class FetchError(KezekError):
    """A response could not be had."""


class ArchiveError(KezekError):
    """The archived bytes are missing, unreadable or not the ones that the hash names."""


class ParseError(KezekError):
    """A response that is no document."""


class NotHtmlError(ParseError):
    """The bytes are not HTML, or not a feed where a feed was asked for."""


class EmptyBodyError(ParseError):
    """There are no bytes, or there is no text in them."""


class LayoutError(ParseError):
    """The page does not look as its parser expects: a redesign, a bot wall, a list where an article was asked for."""


class UnreadError(KezekError):
    """A source's interval was not read to its end, and somebody should look."""


class UnreadForNowError(UnreadError):
    """A source's interval was not read to its end for a reason that may pass: another try may go well."""


class ModelError(KezekError):
    """A model or its data is missing or broken."""


class KnowledgeError(KezekError):
    """A topic, pattern or knowledge-base file has an error."""


class WarehouseError(KezekError):
    """The warehouse can't be opened, read or written."""


class NoWarehouseError(WarehouseError):
    """There is no warehouse yet: no file, or a database without the schema."""


class NotAWarehouseError(WarehouseError):
    """The file is no DuckDB file, or holds another schema."""


class SchemaError(WarehouseError):
    """The warehouse was written by a newer kezek."""


class TransientError(WarehouseError):
    """The connection was lost or another writer was in the way: the same batch may go well at another try."""


class NightError(KezekError):
    """Airflow could not run a night, or a task of it failed."""
