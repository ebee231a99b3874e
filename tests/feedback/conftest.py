"""The citizens' web program on an own database, asked over its ASGI door."""

from collections.abc import AsyncIterator

import httpx
import pytest
from asgi_lifespan import LifespanManager
