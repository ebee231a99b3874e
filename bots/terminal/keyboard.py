"""Reads lines from a terminal, a pipe or a file while the program goes on. No thread: nothing is left when it ends."""

import asyncio
import os

CHUNK = 65_536


class Keyboard:
    def __init__(self, file: int) -> None:
        self.file = file
        self.typed = b""

    async def read_line(self) -> str | None:
        """The next line without its end; None at the end of input."""
        while b"\n" not in self.typed:
            await self.wait_for_input()
            chunk = os.read(self.file, CHUNK)
            if not chunk and not self.typed:
                return None
            self.typed += chunk or b"\n"
        line, _, self.typed = self.typed.partition(b"\n")
        return line.decode("utf-8", "replace").removesuffix("\r")

    async def wait_for_input(self) -> None:
        loop = asyncio.get_running_loop()
        typed = asyncio.Event()
        try:
            loop.add_reader(self.file, typed.set)
        except OSError:
            return  # a plain file cannot be waited for: it is always ready
        # Some event loops make what they watch non-blocking; a terminal's output shares that and would break off.
        os.set_blocking(self.file, True)
        try:
            await typed.wait()
        finally:
            loop.remove_reader(self.file)
