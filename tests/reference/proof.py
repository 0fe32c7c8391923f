"""What the logs of both ends prove of a packet: that nothing came back, and that it did not arrive.

https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-basics.html
"""

from dataclasses import dataclass

from .arrivals import holders
from .coverage import SEES_ALL, shows_packets, were_logged
from .history import Log
from .hops import Sent, Way
from .lookup import Interface
from .model import Record, Snapshot
from .sending import heard_elsewhere, is_exact, is_sole
from .silence import arrivals, is_skipped
from .ways import way


@dataclass(frozen=True)
class Loss:
    """An accepted packet that may be lost, in the network of one of the snapshots."""

    record: Record
    snapshot: Snapshot
    interface: Interface
    sent: Sent
    log: Log
    snapshots: list[Snapshot]

    @property
    def way(self) -> Way:
        return way(self.snapshot, self.interface, self.sent)


def sole_holder(case: Loss) -> Interface | None:
    """Where but one of all has the address, what did not come there came nowhere."""
    there = holders(case.snapshot, case.sent.destination)
    return there[0] if len(there) == 1 else None


def is_watched(case: Loss, one: Interface, types: tuple[str, ...]) -> bool:
    """Whether a flow log of these types saw the interface all the while, and skipped nothing."""
    is_logged = were_logged(case.snapshot, one, types, case.record, case.log)
    return is_logged and not is_skipped(case.record, one, case.log)


def sees_packets(case: Loss, there: Interface) -> bool:
    """Whether both ends' logs name the packet's own addresses, or can name no others."""
    if not is_exact(case.record, case.snapshots) or not is_watched(case, there, SEES_ALL):
        return False
    target, name = case.sent.destination, there.body["NetworkInterfaceId"]
    listed = there.body.get("PrivateIpAddresses") or []
    is_primary = any(
        item.get("Primary") and item["PrivateIpAddress"] == str(target) for item in listed
    )
    return (
        is_primary
        or is_sole(name, target.version, case.snapshots)
        or shows_packets(case.snapshot, there)
    )


def shows_nothing(case: Loss, there: Interface) -> bool:
    """Whether the other end was logged, refusals too, without a gap, and did not get the packet."""
    return sees_packets(case, there) and not arrivals(case.record, there, case.log)


def came(case: Loss, asker: Interface | None) -> bool:
    """Whether the answer showed at who asked, or at another that has the address."""
    is_there = asker is not None and bool(arrivals(case.record, asker, case.log))
    return is_there or heard_elsewhere(case.record, asker, case.snapshots, case.log)
