"""Which operations of AWS's APIs can do what to which table of the inventory, declared once.

What is not declared is put down to no event: what AWS does by itself; what follows from another
change, like the count of a group's rules; and what a request says too little of.
"""

from pipeline.snapshots.operations.balancers import BALANCERS
from pipeline.snapshots.operations.dns import DNS
from pipeline.snapshots.operations.filters import FILTERS
from pipeline.snapshots.operations.gateways import GATEWAYS
from pipeline.snapshots.operations.interfaces import INTERFACES
from pipeline.snapshots.operations.transit import TRANSIT
from pipeline.snapshots.operations.vpcs import VPCS

ROWS = INTERFACES | FILTERS | VPCS | TRANSIT | GATEWAYS | BALANCERS | DNS
