"""What the workflows of pull requests and of main do, by the same commands, between clones."""

import shutil

from delivery.conftest import Shared, commit, tool


def test_a_clone_takes_results_from_the_remote_and_runs_nothing(shared: Shared) -> None:
    other = shared.clone("other")
    done = other.run("dvc", "repro", "--pull")
    assert other.ran(done.stdout) == []
    assert other.path("models/candidate").read_text() == "model of 0.05"
    checked = tool("check_results", other)
    assert (checked.returncode, checked.stdout) == (0, "dvc.lock and metrics are those of this commit\n")


def test_the_same_results_are_made_again_where_the_remote_lost_them(shared: Shared) -> None:
    shutil.rmtree(shared.data)
    other = shared.clone("other")
    assert other.ran(other.run("dvc", "repro", "--pull").stdout) == ["train"]
    assert tool("check_results", other).returncode == 0


def test_results_of_other_parameters_than_the_commit_are_refused(shared: Shared) -> None:
    other = shared.clone("other")
    other.replace("params.yaml", {"0.05": "0.07"})
    commit(other, "a rate without its results")
    other.run("dvc", "repro", "--pull")
    refused = tool("check_results", other)
    assert refused.returncode == 1
    assert "results: dvc.lock, metrics/plots/roc.png, metrics/summary.json differ" in refused.stderr
    assert "dvc push" in refused.stderr


def test_a_result_that_git_does_not_hold_is_refused(shared: Shared) -> None:
    shared.workspace.path("metrics/plots/new.png").write_bytes(b"")
    assert "metrics/plots/new.png differ" in tool("check_results", shared.workspace).stderr


def test_a_remote_is_chosen_without_a_change_that_git_sees(shared: Shared) -> None:
    chosen = tool("use_remote", shared.workspace, "bucket", "--shared")
    assert (chosen.returncode, chosen.stdout) == (0, "remote: bucket\n")
    assert shared.workspace.run("dvc", "remote", "default").stdout.strip() == "bucket"
    assert shared.workspace.run("git", "status", "--porcelain").stdout == ""


def test_an_empty_name_leaves_the_remote_as_it_is(shared: Shared) -> None:
    assert tool("use_remote", shared.workspace, "").stdout == "remote: team\n"


def test_an_unknown_remote_is_refused_with_those_that_are_there(shared: Shared) -> None:
    refused = tool("use_remote", shared.workspace, "buket")
    assert refused.returncode == 1
    assert "use_remote: remotes: no 'buket' in .dvc/config. There: team, bucket." in refused.stderr


def test_a_folder_of_this_machine_does_not_count_as_shared(shared: Shared) -> None:
    refused = tool("use_remote", shared.workspace, "", "--shared")
    assert refused.returncode == 1
    assert "remote team: what is pushed there stays on this machine" in refused.stderr


def test_no_remote_at_all_is_said_and_does_not_count_as_shared(shared: Shared) -> None:
    shared.workspace.run("dvc", "remote", "default", "--unset")
    assert tool("use_remote", shared.workspace, "").stdout == "remote: none\n"
    assert "remote (none)" in tool("use_remote", shared.workspace, "", "--shared").stderr


def test_a_default_that_is_not_there_is_refused(shared: Shared) -> None:
    shared.workspace.run("dvc", "config", "--local", "core.remote", "gone")
    refused = tool("use_remote", shared.workspace, "", "--shared")
    assert refused.returncode == 1
    assert refused.stderr == "use_remote: remote gone: the default, has no url. Add it: `dvc remote add`.\n"
