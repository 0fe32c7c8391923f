"""A run that is killed at any moment: the next one leaves the lake as if it had never been."""

from random import Random

import balance
import gate
import pytest

SCENES = ("new", "begun", "dead", "older", "s3")


def test_a_killed_run_is_made_good_by_the_next(kill_seed, request) -> None:
    random = Random(kill_seed)
    scene = request.getfixturevalue(SCENES[kill_seed % len(SCENES)])
    scene.set_up()
    for _ in range(random.choice((1, 1, 2, 3))):
        ended = scene.kill(random)
        assert ended.code in (-9, 0), ended.said
        balance.check(scene.lake)
    scene.check_a_rerun()


@pytest.mark.parametrize("seed", range(4))
def test_of_two_runs_at_once_one_may_be_killed(seed, new, begun) -> None:
    scene, random = (new, begun)[seed % 2], Random(seed)
    scene.set_up()
    other, _, said = gate.start(scene.arguments, scene.lake)
    killed = scene.kill(random)
    assert killed.code in (-9, 0), killed.said
    ended = gate.ended(other, said)
    assert ended.code == 0, ended.said
    assert balance.contents(scene.lake) == scene.whole
