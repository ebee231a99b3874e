"""`make crash`, second half: starts the package beside this file, with the project's folder on the path."""

import runpy
import sys
from pathlib import Path

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[1]))
    runpy.run_module("tools.crash_chats", run_name="__main__")
