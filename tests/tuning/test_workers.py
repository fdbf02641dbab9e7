"""A search led by a chief and run by two workers, as KerasTuner distributes it, on this machine."""

import csv
import socket

import pytest

from tuning.searching import finish, make_folder, start

TRIALS = 4


def free_port() -> int:
    with socket.socket() as port_socket:
        port_socket.bind(("127.0.0.1", 0))
        return port_socket.getsockname()[1]


def environment(name: str, port: int) -> dict[str, str]:
    return {
        "KERASTUNER_TUNER_ID": name,
        "KERASTUNER_ORACLE_IP": "127.0.0.1",
        "KERASTUNER_ORACLE_PORT": str(port),
    }


@pytest.fixture(scope="module")
def root(fitted, labelled, tmp_path_factory):
    small = {"search": "hyperband", "trials": TRIALS, "max_epochs": 1, "seeds": 1}
    return make_folder(tmp_path_factory.mktemp("led") / "run", fitted, labelled, **small)


def test_two_workers_run_the_trials_and_the_chief_writes_what_was_found(root) -> None:
    port = free_port()
    chief = start(root, **environment("chief", port))
    workers = [
        start(root, "claims.pipeline.worker", **environment(name, port)) for name in ("worker-1", "worker-2")
    ]
    printed = [finish(worker) for worker in workers]
    led = finish(chief)
    assert "won" in led
    rows = list(csv.DictReader((root / "trials.csv").open()))
    assert [row["trial"] for row in rows] == [str(number) for number in range(len(rows))]
    assert all(float(row["log_loss"]) > 0 for row in rows)
    assert sum(out.count("tune: trial ") for out in printed) == TRIALS - 1
    assert led.count(": validation log-loss ") == len(rows) - TRIALS + 1  # the start, and the run-off


@pytest.mark.parametrize(
    ("module", "name", "said"),
    [
        ("claims.pipeline.tune", "worker-1", "a worker's, and the stage is the chief"),
        ("claims.pipeline.worker", "chief", "this is no worker's environment"),
    ],
)
def test_a_process_in_the_wrong_role_says_so(root, module: str, name: str, said: str) -> None:
    process = start(root, module, **environment(name, 1))
    _, err = process.communicate(timeout=120)
    assert process.returncode == 1
    assert said in err
    assert "Traceback" not in err
