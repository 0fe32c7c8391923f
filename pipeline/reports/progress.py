"""A bar on stderr while a run lasts, where somebody watches."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import (
    BarColumn,
    DownloadColumn,
    Progress,
    TextColumn,
    TimeRemainingColumn,
    TransferSpeedColumn,
)

from pipeline.ingest.summary import Summary


@contextmanager
def bar(console: Console | None = None) -> Iterator[Callable[[Summary], None]]:
    """Yield a function that is told how far a run is: objects, records, MB/s and the time left."""
    console = console or Console(stderr=True)
    if not console.is_terminal:
        yield lambda summary: None
        return
    told = TextColumn("{task.fields[objects]} objects, {task.fields[flows]} records")
    columns = (told, BarColumn(None), TransferSpeedColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, expand=True) as progress:
        # What is refused before anything is read leaves no bar behind.
        task = progress.add_task("", total=None, visible=False, objects="0", flows="0")

        def update(summary: Summary) -> None:
            progress.update(
                task,
                completed=summary.seen_size,
                total=summary.size,
                visible=True,
                objects=f"{summary.seen:,}/{summary.found:,}",
                flows=f"{summary.seen_flows:,}",
            )

        yield update


@contextmanager
def byte_bar() -> Iterator[Callable[[int, int], None]]:
    """Yield a function that is told the bytes done with since the last time, and the total."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield lambda size, total: None
        return
    with Progress(BarColumn(None), DownloadColumn(), TimeRemainingColumn(), console=console) as bar:
        task = bar.add_task("", total=None)
        yield lambda size, total: bar.update(task, advance=size, total=total)
