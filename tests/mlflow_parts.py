"""A real MLflow server."""

import os
import socket
import sys
import urllib.request
from collections.abc import Iterator

import psutil
import pytest

from workspaces import wait_until


@pytest.fixture(scope="session")
def mlflow_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a real server with a SQLite store."""
    pytest.importorskip("flask", reason="the server's own packages are not installed")
    folder = tmp_path_factory.mktemp("mlflow")
    with socket.socket() as port_socket:
        port_socket.bind(("127.0.0.1", 0))
        port = port_socket.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    store = ["--backend-store-uri", f"sqlite:///{folder}/mlflow.db", "--artifacts-destination", str(folder)]
    command = [sys.executable, "-m", "mlflow", "server", *store, "--host", "127.0.0.1", "--port", str(port)]
    quiet = {"MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false", "MLFLOW_DISABLE_TELEMETRY": "true"}
    with (folder / "log").open("w") as log:
        server = psutil.Popen(
            [*command, "--workers", "1"], cwd=folder, env=os.environ | quiet, stdout=log, stderr=log
        )
    try:
        wait_until(lambda: answers(f"{address}/health"), "the MLflow server", seconds=180)
        yield address
    finally:
        for process in [*server.children(recursive=True), server]:
            process.terminate()
        server.wait(30)


def answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=2) as answer:
            return answer.status == 200
    except OSError:
        return False
