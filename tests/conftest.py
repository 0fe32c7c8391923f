"""How much is tried: the same cases on every machine, and by `make soak` many that never were."""

from hypothesis import settings

settings.register_profile("seeded", derandomize=True, deadline=None, max_examples=150)
settings.register_profile("soak", deadline=None, max_examples=3000)
settings.load_profile("seeded")


def pytest_addoption(parser) -> None:
    parser.addoption(
        "--networks", type=int, default=12, help="random networks to judge beside the evaluator"
    )


def pytest_generate_tests(metafunc) -> None:
    if "network_seed" in metafunc.fixturenames:
        metafunc.parametrize("network_seed", range(metafunc.config.getoption("networks")))


pytest_plugins = ["servers"]
