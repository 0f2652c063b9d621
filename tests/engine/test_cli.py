import base64
import json
import os
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from engine.cli import main
from engine.settings import ROOT

FORM = {"id": "note", "type": "default", "components": [{"type": "textfield", "key": "text", "label": "Text"}]}

Run = Callable[..., Result]


@pytest.fixture
def run(database_url: str, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Return what runs a command on a fresh database."""
    monkeypatch.setenv("REVIEWFLOW_DATABASE_URL", database_url)
    monkeypatch.setenv("REVIEWFLOW_SECRET_KEY", "a secret for tests")
    return invoke


def invoke(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


@pytest.fixture
def form(tmp_path: Path) -> Path:
    path = tmp_path / "forms" / "note.form"
    path.parent.mkdir()
    path.write_text(json.dumps(FORM))
    return path


def test_a_file_is_deployed_once_and_a_folder_too(run: Run, form: Path) -> None:
    first, again = run("deploy", form), run("deploy", form.parent)

    assert (first.exit_code, again.exit_code) == (0, 0)
    assert first.stdout.startswith("note.form: version 1, key ")
    assert again.stdout == first.stdout


def test_what_cannot_be_deployed_is_refused_in_sentences(run: Run, form: Path) -> None:
    form.write_text("{")

    refused = run("deploy", form)

    assert (refused.exit_code, refused.stdout) == (1, "")
    assert refused.stderr.startswith("Expected to deploy note.form, but there are errors\n  note.form: ")


def test_the_shipped_processes_are_deployed_with_the_forms_beside_them(run: Run) -> None:
    deployed = run("deploy", ROOT / "processes")

    assert deployed.exit_code == 0, deployed.stderr
    assert "processes/review/process.bpmn: version 1," in deployed.stdout
    assert "forms/rating.form: version 1," in deployed.stdout


def test_a_missing_path_is_refused(run: Run, tmp_path: Path) -> None:
    refused = run("check", tmp_path / "nowhere")

    assert (refused.exit_code, refused.stdout) == (1, "")
    assert refused.stderr == f"Expected to read {tmp_path / 'nowhere'}, but there is no such file or folder\n"


def test_a_check_finds_what_a_deployment_would_and_keeps_nothing(run: Run, form: Path) -> None:
    checked = run("check", form)

    assert (checked.exit_code, checked.stdout) == (0, "1 files are in order\n")
    assert "version 1," in run("deploy", form).stdout


def test_the_demo_company_is_made_once_and_its_accounts_are_printed(run: Run) -> None:
    first, again = run("demo", "--no-story"), run("demo", "--no-story")

    assert first.exit_code == 0, first.stderr
    assert again.stdout == first.stdout
    accounts = [line.split(" ") for line in first.stdout.splitlines()]
    assert {role for role, _, _ in accounts} >= {"hr", "finance", "appraisee", "superior", "cross-rater", "panel"}


def test_the_demo_cycle_is_not_launched_on_rules_that_do_not_total_100(run: Run) -> None:
    run("demo", "--no-story")

    refused = run("launch", "2025 Q3")

    assert (refused.exit_code, refused.stdout) == (1, "")
    assert refused.stderr.startswith("Expected to launch cycle 2025 Q3, but it is not complete")


def test_actual_values_are_imported_into_a_cycle_that_runs(run: Run, tmp_path: Path) -> None:
    run("demo", "--no-story")
    values = ROOT / "processes" / "review" / "actuals-2025-q3.csv"

    refused, unknown = run("import", values), run("import", values, "--cycle", "1999 Q1")

    assert (refused.exit_code, unknown.exit_code) == (1, 1)
    assert refused.stderr == "Expected to find the one cycle that runs, but none does\n"
    assert "there is none" in unknown.stderr


def test_the_shipped_processes_are_in_order_and_their_walks_hold(run: Run) -> None:
    checked = run("check")

    assert checked.exit_code == 0, checked.stderr
    assert "files are in order" in checked.stdout
    assert "walks hold" in checked.stdout


@pytest.mark.parametrize("wrong", [["fly"], ["deploy"], ["serve", "--port", "http"], ["migrate", "now"]])
def test_wrong_usage_is_told_from_a_refusal(run: Run, wrong: list[str]) -> None:
    told = run(*wrong)

    assert told.exit_code == 2
    assert "Usage:" in told.stderr


def test_the_history_of_an_untouched_database_is_verified(run: Run) -> None:
    verified = run("verify")

    assert verified.exit_code == 0
    assert verified.stdout == "The history is as it was written\nEvery result follows from its inputs\n"


def test_what_is_no_case_file_is_not_verified(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "case.json"
    file.write_text("[]")

    refused = run("verify", file)

    assert (refused.exit_code, refused.stderr) == (1, "Expected to verify a case file, but this is none\n")


def test_a_backup_is_restored_by_force_alone(sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REVIEWFLOW_DATABASE_URL", sqlite_url)
    assert invoke("backup", tmp_path / "backup").exit_code == 0

    refused, restored = invoke("restore", tmp_path / "backup"), invoke("restore", "--force", tmp_path / "backup")

    assert (refused.exit_code, restored.exit_code) == (1, 0)
    assert "--force overwrites it" in refused.stderr


@pytest.mark.parametrize("password", ["open sesame", None])
def test_a_server_migrates_serves_and_knows_its_admin(tmp_path: Path, password: str | None) -> None:
    url = f"sqlite:///{tmp_path / 'new.sqlite'}"
    environment = {**os.environ, "REVIEWFLOW_DATABASE_URL": url, "PYTHONPATH": str(ROOT)}
    if password:
        environment["REVIEWFLOW_ADMIN_PASSWORD"] = password
    command = [sys.executable, "-c", "from engine.cli import main; main()", "serve", "--port", "0"]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout
            address = server.stdout.readline().removeprefix("Serving at ").strip()

            health = asked(f"{address}/health")
            topology = asked(f"{address}/v2/topology", "admin", password or "")
        finally:
            server.send_signal(signal.SIGTERM)

        assert (health, topology) == (200, 200 if password else 401)
        assert server.wait(timeout=10) == 0


def asked(url: str, username: str = "", password: str = "") -> int:
    """Return the status that a request is answered with."""
    request = urllib.request.Request(url)
    if username:
        credentials = base64.b64encode(f"{username}:{password}".encode()).decode()
        request.add_header("Authorization", f"Basic {credentials}")
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        with error:
            return error.code


def test_the_organisation_is_imported_after_a_look_at_what_would_change(run: Run, tmp_path: Path) -> None:
    run("demo", "--no-story")
    roster = tmp_path / "lines.csv"
    roster.write_text("employee_id,kind,superior,valid_from\nS003,matrix,P002,2025-09-01\n")
    wrong = tmp_path / "wrong.csv"
    wrong.write_text("employee_id,kind,superior,valid_from\nS003,matrix,P999,2025-09-01\n")

    looked, entered, again = run("import", roster, "--dry-run"), run("import", roster), run("import", roster)
    refused = run("import", wrong)

    assert looked.stdout.splitlines()[1] == "add lines S003 matrix P002 2025-09-01"
    assert entered.stdout == "1 rows: 1 add, 0 change, 0 leave, 0 unchanged, 0 wrong\n"
    assert again.stdout == "1 rows: 0 add, 0 change, 0 leave, 1 unchanged, 0 wrong\n"
    assert (refused.exit_code, "wrong!C2: There is no P999 in people" in refused.stderr) == (1, True)


def test_rules_are_imported_from_files_and_a_dry_run_imports_nothing(run: Run) -> None:
    library, preset = ROOT / "processes" / "library.toml", ROOT / "processes" / "presets" / "b2b-001.toml"

    tried, early = run("import", library, "--dry-run"), run("import", preset)
    taken, again, drafted = run("import", library), run("import", library), run("import", preset)

    assert tried.stdout == "49 indicators are in order\n"
    assert "The library has no new_contract_value" in early.stderr
    assert taken.stdout == "49 of 49 indicators are new or have changed\n"
    assert again.stdout == "0 of 49 indicators are new or have changed\n"
    assert drafted.stdout == "b2b-001 is drafted as version 1\n"


def test_recurring_duties_are_planned_from_a_file_once(run: Run) -> None:
    duties = ROOT / "processes" / "duties.toml"
    run("deploy", ROOT / "processes")
    run("demo", "--no-story")

    looked, planned, again = run("import", duties, "--dry-run"), run("import", duties), run("import", duties)

    count = duties.read_text(encoding="utf-8").count("[[duty]]")
    assert looked.stdout == f"{count} duties are in order\n", looked.stderr
    assert planned.stdout == f"{count} duties recur from now on\n", planned.stderr
    assert again.stdout == "0 duties recur from now on\n"
