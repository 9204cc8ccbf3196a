"""Reading a file of alerts or incidents, whatever of the known formats it is in, as a stream.

Never raises for what the file holds: each record is given, or rejected with its place and the reason.
"""

from collections.abc import Iterator, Mapping
from typing import BinaryIO

from msgspec.structs import replace

from tidegate.connectors.fields import UnreadableRecord
from tidegate.connectors.json_stream.cutting import Cut, RecordCutter
from tidegate.connectors.json_stream.text_window import TextWindow
from tidegate.connectors.kinds import ACCEPTED_SHAPES, find_kind
from tidegate.connectors.limits import Limits
from tidegate.connectors.records import Json, Position, Record, Rejected

DEFAULT_LIMITS = Limits()
_CHUNK_BYTES = 256 * 1024
_NOT_RECOGNISED = "none of the known formats"
# As long as nothing was recognised the file may be no such file at all, which is said once, not per line.
_HELD_BACK = 1_000


class RecordReader:
    """Iterates once over the records of a binary stream, in order.

    A bad alert of a good incident is rejected right after its incident, with the incident's position.
    A file in which nothing is recognised, or that is empty, gives a single Rejected.
    """

    def __init__(
        self, stream: BinaryIO, *, limits: Limits = DEFAULT_LIMITS, chunk_bytes: int = _CHUNK_BYTES
    ) -> None:
        self._window = TextWindow(stream, chunk_bytes)
        self._limits = limits

    @property
    def bytes_read(self) -> int:
        """How many bytes of the stream were read so far."""
        return self._window.bytes_read

    def __iter__(self) -> Iterator[Record | Rejected]:
        """Give each record, and each one that cannot be taken as Rejected."""
        cuts = RecordCutter(self._window, self._limits, _is_record).cut()
        held: list[Rejected] = []
        more = 0
        for cut in cuts:
            if isinstance(cut, Cut) and _is_record(cut.members):
                yield from _release(held, more)
                yield from self._parse(cut)
                yield from self._read_rest(cuts)
                return
            if len(held) < _HELD_BACK:
                held.append(cut if isinstance(cut, Rejected) else _reject_unknown(cut))
            else:
                more += 1
        yield from self._judge_nothing_recognised(held)

    def _read_rest(self, cuts: Iterator[Cut | Rejected]) -> Iterator[Record | Rejected]:
        for cut in cuts:
            if isinstance(cut, Rejected):
                yield cut
            else:
                yield from self._parse(cut)

    def _parse(self, cut: Cut) -> Iterator[Record | Rejected]:
        kind = find_kind(cut.members)
        if kind is None:
            yield _reject_unknown(cut)
            return
        try:
            parsed = kind.parse(cut.members, cut.text, self._limits)
        except UnreadableRecord as error:
            yield Rejected(cut.position, str(error))
            return
        yield parsed.record
        for left_out in parsed.left_out:
            yield Rejected(cut.position, str(left_out))

    def _judge_nothing_recognised(self, held: list[Rejected]) -> Iterator[Rejected]:
        if held:
            first = held[0]
            yield replace(first, reason=f"{first.reason}; no record was found that is: {ACCEPTED_SHAPES}")
        elif not self._window.had_text:
            yield Rejected(Position(1, 1, 0), f"the file is empty; it should hold {ACCEPTED_SHAPES}")


def read_records(stream: BinaryIO, *, limits: Limits = DEFAULT_LIMITS) -> Iterator[Record | Rejected]:
    """Read every record of a binary stream; see RecordReader."""
    return iter(RecordReader(stream, limits=limits))


def _is_record(members: Mapping[str, Json]) -> bool:
    return find_kind(members) is not None


def _reject_unknown(cut: Cut) -> Rejected:
    return Rejected(cut.position, _NOT_RECOGNISED)


def _release(held: list[Rejected], more: int) -> Iterator[Rejected]:
    yield from held
    if more:
        yield Rejected(held[-1].position, f"and {more} more after this one were not recognised")
