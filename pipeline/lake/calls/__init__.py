"""The AWS CLI calls that a snapshot is made of, in the order in which their tables are listed."""

from pipeline.lake.calls.balancers import BALANCERS
from pipeline.lake.calls.dns import DNS
from pipeline.lake.calls.filters import FILTERS
from pipeline.lake.calls.gateways import GATEWAYS
from pipeline.lake.calls.interfaces import INTERFACES
from pipeline.lake.calls.transit import TRANSIT
from pipeline.lake.calls.vpcs import VPCS

CALLS = (*INTERFACES, *FILTERS, *VPCS, *TRANSIT, *GATEWAYS, *BALANCERS, *DNS)
