"""A look-up service: an index's path -> HTTP answers. Run: INDEX=people.idx uvicorn service:app --workers 2.

Every worker maps the same files, so the index is in memory once. Needs fastapi and uvicorn.
"""

import os
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI, HTTPException

from linkage import Index, InputError, open_index

REFRESH_SECONDS = 1.0


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Open the index in this worker, and go on to new commits once a second."""
    index = open_index(os.environ["INDEX"])
    index.lookup({})  # makes what the first request would wait for
    app.state.index = index
    stop = threading.Event()

    def follow() -> None:
        while not stop.wait(REFRESH_SECONDS):
            index.refresh()

    thread = threading.Thread(target=follow, daemon=True)
    thread.start()
    yield
    stop.set()
    thread.join()
    index.close()


app = FastAPI(lifespan=lifespan)


def opened() -> Index:
    """The index that `lifespan` has opened."""
    index: Index = app.state.index
    return index


# Plain functions, not coroutines: they run in threads, and the kernels release the GIL.
@app.post("/lookup")
def lookup(query: dict[str, str], limit: int = 5) -> dict[str, Any]:
    """Who fits what is known of a person?"""
    try:
        matches = opened().lookup(query, limit=limit)
    except InputError as error:  # names the field, never a value
        raise HTTPException(422, str(error)) from None
    word = matches.one_word  # a name of one word: how many bear it, and what would narrow it
    return {
        "ambiguous": matches.ambiguous,
        "truncated": matches.truncated,
        "advice": {language: word.text(language) for language in ("en", "vi")} if word else None,
        "matches": [
            {"record_id": m.record_id, "probability": m.match_probability, "levels": m.levels}
            for m in matches
        ],
    }


@app.post("/verify")
def verify(form: dict[str, str]) -> dict[str, Any]:
    """Does a form agree with the record of its number? No stored value leaves the service."""
    try:
        found = opened().verify(form)
    except InputError as error:
        raise HTTPException(422, str(error)) from None
    return {"code": found.code, "agrees": found.agrees, "fields": found.fields}
