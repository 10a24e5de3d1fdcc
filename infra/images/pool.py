"""Handing uploads to the fenced-off worker processes, and starting new ones when a picture killed one."""

from __future__ import annotations

import asyncio
import contextlib
import os
import struct
import sys
from pathlib import Path
from weakref import WeakKeyDictionary

from infra.images.renditions import MAX_BYTES, ImageRefused, Rendition, Renditions

WORKER = Path(__file__).with_name("worker.py")
WALL_SECONDS = 20.0
PICTURES_PER_WORKER = 500  # Decoders fragment memory; a fresh process is cheap.
AT_ONCE = max(1, (os.cpu_count() or 2) // 2)


class _Worker:
    """One child process and its pipes."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self.pictures = 0

    @classmethod
    async def start(cls) -> _Worker:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-I",  # Neither our code nor the environment is visible to it.
            str(WORKER),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            env={"LC_ALL": "C.UTF-8"},
            cwd="/",
            limit=4 * MAX_BYTES,
        )
        return cls(process)

    async def render(self, data: bytes) -> Renditions:
        self.pictures += 1
        stdin, stdout = self._process.stdin, self._process.stdout
        if stdin is None or stdout is None:
            raise RuntimeError("the worker was started without pipes")
        stdin.write(struct.pack(">I", len(data)) + data)
        await stdin.drain()
        count = (await stdout.readexactly(1))[0]
        if not count:
            (length,) = struct.unpack(">I", await stdout.readexactly(4))
            raise ImageRefused((await stdout.readexactly(length)).decode())
        renditions = []
        for extension in ("webp", "webp", "webp", "jpg"):
            length, width, height = struct.unpack(">III", await stdout.readexactly(12))
            renditions.append(Rendition(await stdout.readexactly(length), extension, width, height))
        return Renditions(*renditions)

    @property
    def usable(self) -> bool:
        return self._process.returncode is None and self.pictures < PICTURES_PER_WORKER

    async def stop(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            self._process.kill()
        await self._process.wait()


class _Pool:
    """Idle workers of one event loop, and how many may run at once."""

    def __init__(self) -> None:
        self._idle: list[_Worker] = []
        self._places = asyncio.Semaphore(AT_ONCE)

    async def render(self, data: bytes) -> Renditions:
        async with self._places:
            worker = self._idle.pop() if self._idle else await _Worker.start()
            keep = False
            try:
                renditions = await asyncio.wait_for(worker.render(data), WALL_SECONDS)
                keep = worker.usable
                return renditions
            except ImageRefused:
                keep = worker.usable
                raise
            except (TimeoutError, asyncio.IncompleteReadError, ConnectionError):
                raise ImageRefused("too_costly") from None  # Out of time, CPU or memory: the kernel ended it.
            finally:
                if keep:
                    self._idle.append(worker)
                else:
                    await worker.stop()

    async def close(self) -> None:
        while self._idle:
            await self._idle.pop().stop()


_pools: WeakKeyDictionary[asyncio.AbstractEventLoop, _Pool] = WeakKeyDictionary()


async def reencode(data: bytes) -> Renditions:
    """Decode an upload and draw it anew in our sizes. Raises `ImageRefused`; the same bytes give the same names."""
    if not data:
        raise ImageRefused("empty")
    if len(data) > MAX_BYTES:
        raise ImageRefused("too_large")
    return await _pools.setdefault(asyncio.get_running_loop(), _Pool()).render(data)


async def close() -> None:
    """Stop this event loop's workers; called when the process shuts down."""
    pool = _pools.pop(asyncio.get_running_loop(), None)
    if pool is not None:
        await pool.close()
