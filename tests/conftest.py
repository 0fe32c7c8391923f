"""How much is tried: the same cases on every machine, and by `make soak` many that never were."""

import gc

from hypothesis import HealthCheck, settings

# No test fails because the machine is slow.
UNTIMED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("seeded", UNTIMED, derandomize=True, max_examples=100)
settings.register_profile("soak", UNTIMED, max_examples=3000)
settings.load_profile("seeded")


# Option, what is tried so many times, and how often where nobody asks for more.
SEEDED = {
    "network_seed": ("--networks", "random networks to judge beside the evaluator", 5),
    "lossy_seed": ("--lossy-networks", "random networks that lose packets to judge likewise", 3),
    "kill_seed": ("--kills", "runs of ingest to kill at a random moment", 20),
}


def pytest_addoption(parser) -> None:
    for option, told, times in SEEDED.values():
        parser.addoption(option, type=int, default=times, help=told)


def pytest_generate_tests(metafunc) -> None:
    for seed, (option, *_) in SEEDED.items():
        if seed in metafunc.fixturenames:
            metafunc.parametrize(seed, range(metafunc.config.getoption(option)))


def pytest_collection_finish() -> None:
    """What is loaded by now stays: to look through it for garbage takes a fifth of their time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


pytest_plugins = ["servers", "faults"]
