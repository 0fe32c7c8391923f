"""Records are known by hashes of their texts and keys: two that share one are not judged."""

import duckdb
import pytest

from pipeline.attribution.judge import check_hashes
from pipeline.errors import LakeProblem


@pytest.mark.parametrize(("stage", "name"), [("texts", "text_hash"), ("keys", "key_hash")])
@pytest.mark.parametrize(("hashes", "is_sound"), [([1, 2], True), ([1, 1], False), ([], True)])
def test_what_shares_a_hash_is_refused(stage, name, hashes, is_sound) -> None:
    with duckdb.connect() as connection:
        connection.execute(
            f"create table {stage} as select unnest($1::bigint[]) as {name}", [hashes]
        )
        if is_sound:
            check_hashes(connection, stage)
            return
        with pytest.raises(LakeProblem, match="with --since and --until"):
            check_hashes(connection, stage)
