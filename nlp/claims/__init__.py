"""Claims: who says why traffic is delayed, or that it is not. `extract` is the way in; see docs/claims.md."""

from nlp.claims.extract import Decision, around, extract, named_by, speaker_around, speaker_in

__all__ = ["Decision", "around", "extract", "named_by", "speaker_around", "speaker_in"]
