"""One log line when something begins to fail, fails in another way, or works again: never one a try.

Kinds only: the words of an error may hold the token, an address or what somebody wrote.
"""

import contextlib

import structlog

log = structlog.get_logger()


class Trouble:
    def __init__(self, what: str) -> None:
        self.what = what
        self.kind = ""

    def note(self, error: Exception | None) -> None:
        """None: it worked."""
        kind = "" if error is None else type(error).__name__
        if kind == self.kind:
            return
        self.kind = kind
        # Those who note trouble are those who must go on whatever happens, be it that the log cannot be written.
        with contextlib.suppress(OSError, ValueError):
            if kind:
                log.warning("trouble", what=self.what, kind=kind)
            else:
                log.info("trouble-over", what=self.what)
