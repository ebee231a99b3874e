"""`make attack`: 100,000 random histories of releases, or as many as asked for."""

import runpy
import sys
from pathlib import Path

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[1]))
    runpy.run_module("tests.attack.run", run_name="__main__")
