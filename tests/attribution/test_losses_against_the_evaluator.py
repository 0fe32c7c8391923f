"""Random networks in which packets get lost, judged by the SQL and by the evaluator."""

from losses_compared import losses, other_ends
from reference.lossy_networks import lossy_network

from pipeline import api


def test_the_sql_agrees_with_the_evaluator_on_what_is_lost(lossy_seed: int, judged_network) -> None:
    network, settings = judged_network(lossy_seed, lossy_network)
    verdicts = {row["line_number"]: row for row in api.sql("from verdicts", settings).to_pylist()}
    compared = [*losses(network, verdicts), *other_ends(network, verdicts)]
    assert len(compared) > 10
    differing = [one for one in compared if one]
    assert not differing, "\n".join(differing[:10])
