"""The viewer: one static page on the REST port, and the facts about the models that it needs."""

import json
from pathlib import Path

from aiohttp import web
from tensorflow_serving.apis import model_pb2

from tfgen.serving.status import RequestError

_PAGE = Path(__file__).parent / "page"
# What the page draws with: a generator has it, any other SavedModel is left out.
_SIGNATURE = "morph_png"
_LABELS = "assets/labels.json"
_POLICY = "default-src 'self'; img-src 'self' data: blob:"


def viewer_routes(models):
    """Routes of the viewer, for aiohttp.

    Args:
      models: `models.Models`.
    """

    async def labels(request):
        """Model name -> what `export.labels.Labels` says of it."""
        return web.json_response(_labels(models))

    async def page(request):
        name = request.match_info.get("file") or "index.html"
        if name not in _FILES:
            raise web.HTTPNotFound
        return web.Response(
            body=(_PAGE / name).read_bytes(),
            content_type=_FILES[name],
            charset="utf-8",
            headers={"Content-Security-Policy": _POLICY, "Cache-Control": "no-cache"},
        )

    return [
        web.get("/", page),
        web.get("/viewer/labels", labels),
        web.get("/viewer/{file}", page),
    ]


_FILES = {
    "index.html": "text/html",
    "viewer.css": "text/css",
    "address.js": "text/javascript",
    "viewer.js": "text/javascript",
}


def _labels(models):
    found = {}
    for name in models.names():
        try:
            with models.use(model_pb2.ModelSpec(name=name)) as handle:
                servable = handle.loaded.servable
                if _SIGNATURE in servable.signatures:
                    found[name] = json.loads((servable.path / _LABELS).read_text(encoding="utf-8"))
                    found[name]["version"] = handle.version
        except (RequestError, OSError, ValueError):
            continue
    return found
