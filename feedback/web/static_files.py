"""The few files that pages refer to, read once and addressed by their digest, so that a phone fetches each once."""

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec
from litestar import Response, get
from litestar.exceptions import NotFoundException
from litestar.params import FromPath

from feedback.web.bodies import Request
from feedback.web.replies import reply_compressed

MEDIA_TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}


class StaticFile(msgspec.Struct, frozen=True):
    content: bytes
    media_type: str
    digest: str


def read_static_files(folders: Sequence[Path]) -> dict[str, StaticFile]:
    return {
        file.name: StaticFile(
            file.read_bytes(), MEDIA_TYPES[file.suffix], hashlib.sha256(file.read_bytes()).hexdigest()[:8]
        )
        for folder in folders
        for file in folder.iterdir()
        if file.suffix in MEDIA_TYPES
    }


@get("/static/{name:str}", opt={"access": "public", "limit": "6000/minute"}, sync_to_thread=False)
def send_static_file(request: Request, name: FromPath[str]) -> Response[bytes]:
    files: Mapping[str, StaticFile] = request.app.state.static_files
    if name not in files:
        raise NotFoundException
    keep = {"cache-control": "public, max-age=31536000, immutable"}
    return reply_compressed(request, files[name].content, files[name].media_type, headers=keep)


ROUTES = [send_static_file]
