"""What a crossing by hand is made of: objects, who lists them, and what was not asked."""

from dataclasses import dataclass, field
from datetime import datetime

from .model import ALL_KEYS, Answer, Json, Snapshot
from .organisation import NOON, REGION

ONE, TWO, HUB = "111111111111", "222222222222", "333333333333"
A, A2, B = "10.0.1.10", "10.0.2.10", "10.1.1.10"
A_6, B_6 = "2600:1f18:a:1::10", "2600:1f18:b:1::10"
PUBLIC, PUBLIC_6 = "52.94.0.1", "2a00:1450::1"


@dataclass
class Crossing:
    """Every object by its id, with the account that lists it and the call; edited in place."""

    things: dict[str, tuple[str, str, Json]] = field(default_factory=dict)
    about: dict[tuple[str, str], Json] = field(default_factory=dict)
    unasked: set[tuple[str, str]] = field(default_factory=set)

    def add(self, account: str, command: str, name: str, body: Json) -> None:
        self.things[name] = (account, command, body)

    def of(self, name: str) -> Json:
        return self.things[name][2]

    def snapshot(self, at: datetime = NOON) -> Snapshot:
        """As the accounts would list it; of what was not asked there is no answer."""
        listed: dict[tuple[str, str], list[Json]] = {
            (account, command): []
            for account in (ONE, TWO, HUB)
            for command in ALL_KEYS
            if not command.startswith(("get-", "search-"))
        }
        for account, command, body in self.things.values():
            listed[account, command].append(body)
        answers = [
            Answer(account, REGION, command, {ALL_KEYS[command]: bodies})
            for (account, command), bodies in listed.items()
            if (account, command) not in self.unasked
        ]
        answers += [
            Answer(HUB, REGION, command, body, subject)
            for (command, subject), body in self.about.items()
        ]
        return Snapshot(at, tuple(answers))
