"""Random networks in which packets get lost, judged by the SQL and by the evaluator."""

import random

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some
from losses_compared import losses, other_ends
from reference.lossy_networks import drawn_lossy_network, lossy_network
from reference.networks import distinct

from pipeline import api

# So many conversations that an example that fails can be made small, and read.
FEW = 5
# A network with ways to lose a packet on is large, so some are drawn in vain.
LARGE = [HealthCheck.large_base_example, HealthCheck.data_too_large, HealthCheck.too_slow]


def test_the_sql_agrees_with_the_evaluator_on_what_is_lost(lossy_seed: int, judged_network) -> None:
    network, settings = judged_network(lossy_seed, lossy_network)
    verdicts = {row["line_number"]: row for row in api.sql("from verdicts", settings).to_pylist()}
    compared = [*losses(network, verdicts), *other_ends(network, verdicts)]
    assert len(compared) > 10
    differing = [one for one in compared if one]
    assert not differing, "\n".join(differing[:10])


@given(rng=some.randoms(use_true_random=False))
@settings(max_examples=settings().max_examples // 5, suppress_health_check=LARGE)
def test_the_sql_agrees_with_the_evaluator_on_losses_that_hypothesis_draws(
    judge, rng: random.Random
) -> None:
    network = drawn_lossy_network(distinct(rng), f"{rng.randint(0, 255)}", FEW)
    verdicts = {row["line_number"]: row for row in judge(network.records, *network.snapshots)}
    compared = [*losses(network, verdicts), *other_ends(network, verdicts)]
    assert [one for one in compared if one] == []
