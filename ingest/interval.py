"""A stretch of time that is asked for: half-open, in UTC."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from ingest.errors import InputError


@dataclass(frozen=True, slots=True, order=True)
class Interval:
    """From `start` (in it) to `end` (no longer in it); aware times, kept in UTC.

    Raises InputError for times without a zone, and where the end is not after the start.
    """

    start: datetime
    end: datetime

    def __post_init__(self) -> None:
        for name in ("start", "end"):
            moment: datetime = getattr(self, name)
            if moment.utcoffset() is None:
                raise InputError(f"the interval's {name} {moment.isoformat()} has no time zone")
            object.__setattr__(self, name, moment.astimezone(UTC))
        if self.end <= self.start:
            raise InputError(f"the interval ends ({self.end.isoformat()}) before it starts ({self.start.isoformat()})")

    @classmethod
    def of_day(cls, day: date) -> Interval:
        """The UTC day."""
        start = datetime.combine(day, time(), UTC)
        return cls(start, start + timedelta(days=1))

    def __contains__(self, moment: datetime) -> bool:
        """Whether an aware time is inside."""
        return self.start <= moment < self.end

    def days(self, zone: tzinfo) -> list[date]:
        """Every local day of `zone` that the interval touches, in order."""
        first = self.start.astimezone(zone).date()
        last = (self.end - timedelta(microseconds=1)).astimezone(zone).date()
        return [first + timedelta(days=count) for count in range((last - first).days + 1)]

    def __str__(self) -> str:
        """The day where it is one UTC day, else `start/end` (ISO 8601)."""
        day = self.start.date()
        if self.start.time() == time() and self.end - self.start == timedelta(days=1):
            return day.isoformat()
        return f"{self.start.isoformat()}/{self.end.isoformat()}"
