"""Work in batches on threads: with progress, and stopped without harm."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from typing import TypeVar

Batch = TypeVar("Batch")
Answer = TypeVar("Answer")
Progress = Callable[[int, int], None]
"""Called with the number of steps done and of all steps."""


def cores(threads: int | None) -> int:
    """The number of threads asked for, or that of the cores this process may use."""
    if threads is not None:
        return max(1, threads)
    if hasattr(os, "sched_getaffinity"):
        return max(1, len(os.sched_getaffinity(0)))
    return os.cpu_count() or 1


def in_batches(
    work: Callable[[Batch], Answer],
    batches: Sequence[Batch],
    *,
    threads: int | None = None,
    progress: Progress | None = None,
    size: Callable[[Batch], int] = lambda batch: 1,
) -> list[Answer]:
    """The answers to all batches, in their order, whatever the number of threads.

    Interrupted (KeyboardInterrupt, or an error in `progress`), it starts no further batch, waits for those under way,
    which are short, and lets the error through.

    Args:
        work: must release the interpreter's lock to profit from threads.
        progress: called on the calling thread after every batch with the steps done and all steps.
        size: the number of steps of a batch.
    """
    total, done = sum(map(size, batches)), 0
    pool = ThreadPoolExecutor(cores(threads))
    try:
        futures = {pool.submit(work, batch): batch for batch in batches}
        waiting = set(futures)
        while waiting:
            finished, waiting = wait(waiting, return_when=FIRST_COMPLETED)
            for future in finished:
                future.result()
                done += size(futures[future])
            if progress is not None:
                progress(done, total)
        return [future.result() for future in futures]
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
