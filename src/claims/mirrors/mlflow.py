"""MLflow's Model Registry in step with Git: a version of each release, an alias of each environment."""

import os
from collections.abc import Callable, Iterator

os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
os.environ.setdefault("MLFLOW_HTTP_REQUEST_TIMEOUT", "20")  # seconds; its default waits for two minutes
os.environ.setdefault("MLFLOW_LOGGING_LEVEL", "WARNING")  # it would announce each version as it waits
os.environ.setdefault("MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT", "true")  # which belongs to the commands

from mlflow import MlflowClient
from mlflow.entities.model_registry import ModelVersion, RegisteredModel
from mlflow.exceptions import MlflowException

from claims.base.errors import TrackingError, first_line
from claims.base.urls import mask_url, mask_urls
from claims.mirrors.versions import MirrorState, Version
from claims.registry.tags import ARTIFACT as NAME
from claims.tracking.mlflow import MLflow
from claims.tracking.run import Run

ALIASES = {"champion": "production", "challenger": "staging"}
_FOLLOWED = "log"  # tag of the registered model: SHA-256 of the last entry that it followed
_SECONDS = 30  # a registry may copy the files before a version is ready


class ModelRegistry:
    """The registered model on an MLflow server, or in a database that MLflow opens itself.

    Parameters
    ----------
    uri
        ``MLFLOW_TRACKING_URI``. ``MLFLOW_REGISTRY_URI`` may name another server for versions and aliases.
    """

    def __init__(self, uri: str) -> None:
        self._uri = uri
        self._shown = f"mlflow: {mask_url(uri)}"

    def bring_in_step(
        self, state: MirrorState, run_of: Callable[[Version], Run], *, force: bool = False
    ) -> Iterator[str]:
        """Register what is missing, and set tags and aliases that differ.

        Parameters
        ----------
        state
            What Git says.
        run_of
            The run that a version comes from, where it has to be logged.
        force
            Even if the registry followed an entry that the log does not have.

        Yields
        ------
        A line for each thing that was changed.

        Raises
        ------
        TrackingError
            Where the server cannot be reached or refuses, or has followed a longer log.
        """
        try:
            client = MlflowClient(self._uri)
            model = _find_model(client)
            self._check_not_ahead(model, state, force)
            if model is None and state.versions:
                model = client.create_registered_model(NAME, description=_DESCRIPTION)
            if model is not None:
                yield from self._follow(client, model, state, run_of)
        except (MlflowException, OSError) as error:  # requests' errors are OSErrors
            problem = mask_urls(first_line(error), self._uri)
            raise TrackingError(
                self._shown, problem, "Start it, or mend or unset MLFLOW_TRACKING_URI."
            ) from None

    def _check_not_ahead(self, model: RegisteredModel | None, state: MirrorState, force: bool) -> None:
        """Refuse to take the aliases back to where they were, for a checkout that is behind."""
        followed = model.tags.get(_FOLLOWED) if model else None
        if followed and followed not in state.digests and not force:
            problem = f"{NAME} follows a log with entries that this checkout does not have"
            raise TrackingError(
                self._shown, problem, "`git pull`; if they were given up, `claims mirror --force`."
            )

    def _follow(
        self,
        client: MlflowClient,
        model: RegisteredModel,
        state: MirrorState,
        run_of: Callable[[Version], Run],
    ) -> Iterator[str]:
        versions = _find_versions(client)
        for version in state.versions:
            identity = version.record.identity
            if identity in versions:
                yield from _mend_tags(client, versions[identity], version)
            else:
                versions[identity] = self._register(client, run_of(version), version)
                yield f"release {version.record.number} is version {versions[identity].version} of {NAME}"
        yield from _mend_aliases(
            client, model, {identity: registered.version for identity, registered in versions.items()}, state
        )
        if state.digests and model.tags.get(_FOLLOWED) != state.digests[-1]:
            client.set_registered_model_tag(NAME, _FOLLOWED, state.digests[-1])

    def _register(self, client: MlflowClient, run: Run, version: Version) -> ModelVersion:
        """Register a version whose source is the run that holds the release's files."""
        MLflow(self._uri).log(run)  # does nothing if a complete run has them
        experiment = client.get_experiment_by_name(
            os.environ.get("MLFLOW_EXPERIMENT_NAME", f"claims-{run.contract}")
        )
        query = f"tags.results = '{run.digest}' and attributes.status = 'FINISHED'"
        logged = client.search_runs([experiment.experiment_id], query, max_results=1)[0]
        client.set_tag(logged.info.run_id, "mlflow.source.name", "claims release")
        source = f"{logged.info.artifact_uri}/model"
        return client.create_model_version(
            NAME, source, logged.info.run_id, version.tags, await_creation_for=_SECONDS
        )


_DESCRIPTION = "Releases of the claims model. A mirror: Git is the source of truth."


def _find_model(client: MlflowClient) -> RegisteredModel | None:
    try:
        return client.get_registered_model(NAME)
    except MlflowException as error:
        if error.error_code == "RESOURCE_DOES_NOT_EXIST":
            return None
        raise


def _find_versions(client: MlflowClient) -> dict[str, ModelVersion]:
    """Find the versions by the identity of their release, the lowest where several have it.

    Versions without an identity are not ours.
    """
    versions: dict[str, ModelVersion] = {}
    token = None
    while True:
        page = client.search_model_versions(f"name = '{NAME}'", page_token=token)
        for version in page:
            identity = version.tags.get("identity")
            if identity and (
                identity not in versions or int(version.version) < int(versions[identity].version)
            ):
                versions[identity] = version
        token = page.token
        if not token:
            return versions


def _mend_tags(client: MlflowClient, registered: ModelVersion, version: Version) -> Iterator[str]:
    release = f"release {version.record.number}"
    for name, value in version.tags.items():
        if registered.tags.get(name) != value:
            client.set_model_version_tag(NAME, registered.version, name, value)
            yield f"{release} is tagged {name}={value}"
    if "archived" in registered.tags and not version.archived:
        client.delete_model_version_tag(NAME, registered.version, "archived")
        yield f"{release} is no longer tagged archived"


def _mend_aliases(
    client: MlflowClient, model: RegisteredModel, versions: dict[str, str], state: MirrorState
) -> Iterator[str]:
    for alias, environment in ALIASES.items():
        wanted = versions[state.live[environment]] if environment in state.live else None
        aliased = model.aliases.get(alias)
        if wanted is None and aliased is not None:
            client.delete_registered_model_alias(NAME, alias)
            yield f"{alias} names nothing, as nothing is on {environment}"
        elif wanted is not None and str(aliased) != str(wanted):
            client.set_registered_model_alias(NAME, alias, wanted)
            yield f"{alias} is version {wanted}, which is on {environment}"
