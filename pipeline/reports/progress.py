"""A bar on stderr while a run lasts, where somebody watches; it is gone when the run is over."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

from pipeline import sizes
from pipeline.ingest.summary import Summary
from pipeline.sizes import counted

# The time left is told from what was read in so many seconds: one object may take a minute.
_ESTIMATED_FROM = 3600


@contextmanager
def bar(
    console: Console | None = None, clock: Callable[[], float] = time.monotonic
) -> Iterator[Callable[[Summary], None]]:
    """Yield a function that is told how far a source is: objects, records, MB/s, the time left.

    Where sizes are guessed no speed is shown.
    """
    console = console or Console(stderr=True)
    if not console.is_terminal:
        yield lambda summary: None
        return
    columns = (
        TextColumn("{task.fields[told]}"),
        BarColumn(None),
        TextColumn("{task.fields[speed]}"),
        TimeRemainingColumn(),
    )
    with Progress(
        *columns,
        console=console,
        expand=True,
        transient=True,
        get_time=clock,
        speed_estimate_period=_ESTIMATED_FROM,
    ) as progress:
        task = progress.add_task("", total=None, told="looking", speed="")
        watched: list[Summary] = []

        def update(summary: Summary) -> None:
            if not any(summary is one for one in watched):
                # Another source: its time begins now.
                watched[:] = [summary]
                progress.reset(task)
            progress.update(
                task,
                completed=summary.seen_size,
                total=summary.size,
                told=_told(summary),
                speed=_speed(summary, progress.tasks[task].elapsed or 0),
            )

        yield update


def _told(summary: Summary) -> str:
    objects, records = counted(summary.found, "objects"), counted(summary.seen_flows, "records")
    return f"{summary.seen:,}/{objects}, {records}"


def _speed(summary: Summary, seconds: float) -> str:
    """Return the bytes a second, once that many seconds have passed as make it a fact."""
    if summary.guessed or seconds < 1:
        return ""
    return f"{sizes.told(int(summary.seen_size / seconds))}/s"


@contextmanager
def byte_bar() -> Iterator[Callable[[int, int], None]]:
    """Yield a function that is told the bytes done with since the last time, and the total."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield lambda size, total: None
        return
    columns = (BarColumn(None), DownloadColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("", total=None, visible=False)
        yield lambda size, total: bar.update(task, advance=size, total=total, visible=True)
