"""simulate: the demo's claims database, where source.url asks for it."""

from claims.base.stage import Out, run
from claims.config.params import load_params
from claims.simulator.generate import simulate as simulate_claims


def simulate(demo: Out) -> None:
    """Write ``claims_production.db`` and, apart from it, the true probabilities; nothing elsewhere."""
    params = load_params()
    demo.mkdir()
    if not params.source.is_demo:
        (demo / "unused.txt").write_text("source.url points at other claims\n", encoding="utf-8")
        print("simulate: nothing to do, source.url points at other claims")
        return
    settings = params.simulate
    simulate_claims(
        demo / "claims_production.db",
        demo / "truth.parquet",
        rows=settings.rows,
        seed=settings.seed,
        start=settings.start,
        days=settings.days,
    )
    print(f"simulate: {settings.rows:,} claims")


if __name__ == "__main__":
    run(simulate)
