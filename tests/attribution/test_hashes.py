"""Records are known by a hash of their texts: two texts that share one are not judged."""

import duckdb
import pytest

from pipeline.attribution.judge import check_hashes
from pipeline.errors import LakeProblem


@pytest.mark.parametrize(("hashes", "is_sound"), [([1, 2], True), ([1, 1], False), ([], True)])
def test_texts_with_one_hash_are_refused(hashes, is_sound) -> None:
    with duckdb.connect() as connection:
        connection.execute(
            "create table texts as select unnest($1::bigint[]) as text_hash", [hashes]
        )
        if is_sound:
            check_hashes(connection)
            return
        with pytest.raises(LakeProblem, match="with --since and --until"):
            check_hashes(connection)
