"""The SIEM API: the detections of a time as one JSON array, sent as it is read."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import chain

from django.http import HttpResponseBase, StreamingHttpResponse

from tidegate.feeds.words import Feed
from tidegate.gate.still import while_open
from tidegate.incidents.detection_queries import Block, Window, find_start, read_blocks
from tidegate.incidents.instants import settle_instants
from tidegate.oauth.endpoint import Call
from tidegate.siem.delivering import Fetch, begin_fetch, noting_failures
from tidegate.siem.window import read_window


@noting_failures(Feed.SIEM)
def list_detections(call: Call) -> HttpResponseBase:
    """`GET /api/alerts`: oldest first, by when they were processed last.

    Both ends of the window are part of it: who asks again from the last time they saw gets what had that
    time once more, and misses nothing.
    """
    # Whatever is committed later is processed later than this: what is read up to here is complete.
    horizon = settle_instants(call.scope.tenant_id)
    asked = read_window(call.request.GET, horizon)
    fetch = begin_fetch(call, Feed.SIEM, asked.since, asked.until)
    blocks = _read(call, asked, fetch)
    # Read before the answer begins, so that what goes wrong can still be answered as an error.
    first = next(blocks, None)
    whole = while_open(call.scope, chain([first] if first else [], blocks), call.caller.open)
    pieces = _write(whole, fetch)
    return StreamingHttpResponse(fetch.deliver(pieces), content_type="application/json; charset=utf-8")


def _read(call: Call, asked: Window, fetch: Fetch) -> Iterator[Block]:
    window = replace(asked, since=fetch.since or asked.since)
    if asked.limit is None or fetch.is_replay:
        return read_blocks(call.scope, window)
    if not asked.limit:
        fetch.until = None
        return iter(())
    start = find_start(call.scope, window, asked.limit)
    if start is not None:
        fetch.since = start
        window = replace(window, since=start)
    return read_blocks(call.scope, window)


def _write(blocks: Iterator[Block], fetch: Fetch) -> Iterator[bytes]:
    opening = "["
    for block in blocks:
        yield (opening + ",".join(block.bodies)).encode()
        fetch.note(len(block.bodies), block.newest)
        opening = ","
    yield b"[]" if opening == "[" else b"]"
