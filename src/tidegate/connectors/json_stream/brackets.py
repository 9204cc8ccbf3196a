"""Finding where a broken or oversized item of a JSON list ends, by brackets and strings alone."""

import re

_MARK = re.compile(r'["\[\]{},]')
_IN_STRING = re.compile(r'(?:[^"\\\n]++|\\.)*+', re.DOTALL)
_CLOSING = {"[": "]", "{": "}"}
_DEEPEST = 1_000


class BracketScan:
    """Goes over text piece by piece until the comma or bracket that ends the item.

    `done` says it was found; `lost` that the brackets or quotes do not match, so that nothing is known.
    """

    def __init__(self, expected: str = "") -> None:
        self._stack = list(expected)
        self._in_string = False
        self._ends_on_close = bool(expected)
        self.done = False
        self.lost = False

    def advance(self, text: str, at: int) -> int:
        """Go on at `text[at]`; give where it stopped: the end of the text unless `done` or `lost`."""
        while not (self.done or self.lost):
            if self._in_string:
                at = self._leave_string(text, at)
                if self._in_string:
                    return at
            elif match := _MARK.search(text, at):
                at = match.start() if self._take(match[0]) else match.end()
            else:
                return len(text)
        return at

    def _leave_string(self, text: str, at: int) -> int:
        match = _IN_STRING.match(text, at)
        at = match.end() if match else at
        if at < len(text) and text[at] != "\\":
            # A string never runs over the end of a line: an odd quote came before.
            self.lost = text[at] == "\n"
            self._in_string = False
            return at + 1
        return at

    def _take(self, mark: str) -> bool:
        """Take note of one mark; say whether it is the one to stop in front of."""
        if mark == '"':
            self._in_string = True
        elif mark in _CLOSING:
            self._stack.append(_CLOSING[mark])
            self.lost = len(self._stack) > _DEEPEST
        elif not self._stack:
            self.done = mark in ",]"
            self.lost = not self.done
            return self.done
        elif mark != ",":
            self.lost = self._stack.pop() != mark
            self.done = self._ends_on_close and not self._stack and not self.lost
        return False
