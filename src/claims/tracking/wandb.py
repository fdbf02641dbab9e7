"""Weights & Biases: a run with parameters, metrics, curves and files, online or in a folder."""

import os
from pathlib import Path

os.environ.setdefault("WANDB_ERROR_REPORTING", "false")
os.environ.setdefault("WANDB_SILENT", "true")
os.environ.setdefault("WANDB_INIT_TIMEOUT", "15")  # seconds

import wandb
from wandb.errors import Error

from claims.base.errors import TrackingError, first_line
from claims.base.urls import mask_url, mask_urls
from claims.tracking.run import Run

_SETTINGS = {
    "host": "",
    "console": "off",
    "disable_code": True,
    "disable_git": True,  # it would send the difference to the commit; the commit is a parameter
    "x_disable_stats": True,
    "x_disable_machine_info": True,
}


class WandB:
    """The service that ``WANDB_MODE``, ``WANDB_API_KEY`` and ``WANDB_BASE_URL`` name."""

    def log(self, run: Run) -> str:
        """Log a run; equal results have the same identifier there. See `Tracker.log`."""
        offline = os.environ.get("WANDB_MODE") == "offline"
        try:
            with wandb.init(
                project=os.environ.get("WANDB_PROJECT", f"claims-{run.contract}"),
                id=run.digest[:16],
                name=run.name,
                config=run.params | run.tags,
                resume=None if offline else "allow",
                settings=wandb.Settings(**_SETTINGS),
            ) as session:
                _log(session, run)
                place = Path(session.dir).parent if offline else session.url
        except (Error, OSError) as error:
            place = wandb.setup().settings.base_url
            problem = mask_urls(first_line(error), place)
            remedy = "Mend WANDB_BASE_URL or WANDB_API_KEY, or set WANDB_MODE=offline; then `claims track`."
            raise TrackingError(f"wandb: {mask_url(place)}", problem, remedy) from None
        return f"wandb: logged to {place} as run {run.name}" + ("; `wandb sync` sends it" if offline else "")


def _log(session: wandb.Run, run: Run) -> None:
    for epoch, values in enumerate(zip(*run.curves.values(), strict=True), 1):
        session.log(dict(zip(run.curves, values, strict=True)), step=epoch)
    session.log({f"plots/{plot.stem}": wandb.Image(str(plot)) for plot in run.plots})
    session.summary.update(run.metrics)
    for kind, files in (("model", run.models), ("metrics", run.reports)):
        if not files:
            continue
        artifact = wandb.Artifact(f"{run.contract}-{kind}", type=kind)
        for file in files:
            artifact.add_file(str(file))
        session.log_artifact(artifact)
