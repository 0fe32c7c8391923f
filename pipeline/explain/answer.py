"""All that is said to a question: both legs, what the logs saw, who changed what, the remedy."""

from dataclasses import dataclass
from typing import Any

from pipeline.attribution import packets
from pipeline.explain.explain import Explained, explain
from pipeline.explain.question import Question
from pipeline.explain.seen import last_changes, observed
from pipeline.lake.catalog import Lake


@dataclass(frozen=True, slots=True)
class Answer:
    """What was found out. `observed` are records of flow logs, `changes` the last of blockers."""

    told: Explained
    observed: list[dict[str, Any]]
    changes: list[dict[str, Any]]


def answer(lake: Lake, question: Question) -> Answer:
    """Answer a question over a lake. Raises BadInput, see `explain`."""
    with packets.opened(lake, "explain", "remedies") as connection:
        told = explain(connection, question)
        changed = last_changes(connection, told)
        return Answer(told, observed(connection, lake, told), changed)
