"""What can go wrong, and what to do about it.

Every message is one line that names the object and the next step; the command line prints it to
stderr and ends with exit code 2. Anything that is not a FlowcauseError is a bug of ours and keeps
its traceback.
"""


class FlowcauseError(Exception):
    """The base of all that a user can mend."""


class BadInput(FlowcauseError):
    """What was asked for cannot be done: a path, a time or a name is wrong."""


class UnreadableObject(FlowcauseError):
    """One object of many could not be read; the run goes on without it."""


class SourceProblem(FlowcauseError):
    """A source as a whole cannot be read: credentials, permissions, a name, the network."""


class LakeProblem(FlowcauseError):
    """The lake is missing, newer than this program, moved or locked, or the disk refuses."""


class BadQuery(FlowcauseError):
    """The SQL was refused: it writes, or DuckDB does not understand it."""
