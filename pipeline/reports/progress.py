"""A bar on stderr while a run lasts, where somebody watches."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn


@contextmanager
def bar() -> Iterator[Callable[[int, int], None]]:
    """Yield a function that is told the bytes done with and the total."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield lambda size, total: None
        return
    columns = (TextColumn("reading"), BarColumn(), DownloadColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console) as progress:
        task = progress.add_task("reading", total=None)
        yield lambda size, total: progress.update(task, advance=size, total=total)
