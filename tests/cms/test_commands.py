"""What every command of ours does alike: `--json`, a progress bar on a terminal only, exit status, silence when asked."""

import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.core.management import CommandError, call_command, get_commands, load_command_class

from cms.jobs.console import Refused, ReportingCommand
from schools.operations.places import SchoolClosed

ROOT = Path(__file__).resolve().parents[2]


def our_commands() -> list[str]:
    ours = {config.name for config in apps.get_app_configs() if Path(config.path).is_relative_to(ROOT / config.path)}
    inside = {name for name in ours if (ROOT / name.replace(".", "/")).is_dir()}
    return sorted(name for name, app in get_commands().items() if app in inside)


@pytest.mark.parametrize("name", our_commands())
def test_every_command_knows_json(name):
    parser = load_command_class(get_commands()[name], name).create_parser("manage.py", name)
    assert "--json" in {option for action in parser._actions for option in action.option_strings}


class Counting(ReportingCommand):
    def work(self, options):
        for number in range(3):
            self.progress(number, 3, "things")
        if self.refuses:
            raise Refused("no room", {"created": 0})
        return {"created": 3}

    refuses = False


class Terminal(io.StringIO):
    def isatty(self):
        return True


def said(monkeypatch, *arguments, terminal=True, refuses=False, **options) -> tuple[str, str]:
    """(standard output, standard error) of one run."""
    out, err = io.StringIO(), Terminal() if terminal else io.StringIO()
    monkeypatch.setattr(sys, "stderr", err)
    command = Counting(stdout=out)
    command.refuses = refuses
    try:
        call_command(command, *arguments, **options)
    finally:
        monkeypatch.undo()
    return out.getvalue(), err.getvalue()


def test_a_bar_is_drawn_on_a_terminal_and_wiped_away(monkeypatch):
    out, err = said(monkeypatch)
    assert out == "created: 3\n"
    assert "2/3 things" in err
    assert err.endswith("\r\033[K")


@pytest.mark.parametrize(("arguments", "terminal"), [(["--json"], True), ([], False)])
def test_nothing_is_drawn_for_programs(monkeypatch, arguments, terminal):
    out, err = said(monkeypatch, *arguments, terminal=terminal)
    assert err == ""
    assert out.strip()


def test_json_is_one_document(monkeypatch):
    assert json.loads(said(monkeypatch, "--json")[0]) == {"created": 3}


def test_a_command_asked_to_be_silent_says_nothing(monkeypatch):
    assert said(monkeypatch, verbosity=0) == ("", "")


def test_a_refusal_is_status_one_with_its_report():
    out = io.StringIO()
    command = Counting(stdout=out)
    command.refuses = True
    with pytest.raises(CommandError, match="no room") as refused:
        call_command(command, "--json")
    assert refused.value.returncode == 1
    assert json.loads(out.getvalue()) == {"created": 0, "error": "no room"}


def test_the_bucket_is_prepared_once_and_said(object_store):
    out = io.StringIO()
    call_command("prepare_storage", "--json", stdout=out)
    assert json.loads(out.getvalue()) == {
        "bucket": settings.S3_BUCKET,
        "created": 0,
        "origin": settings.SITE_URL,
    }


@pytest.mark.slow
def test_a_silent_store_is_a_plain_refusal():
    environment = os.environ | {"S3_ENDPOINT_URL": "http://127.0.0.1:9", "DJANGO_SETTINGS_MODULE": "cms.settings.demo"}
    done = subprocess.run(
        [sys.executable, "manage.py", "prepare_storage", "--json"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=240,
    )
    assert done.returncode == 1, done.stderr
    assert json.loads(done.stdout) == {"error": "Kho tệp không trả lời: http://127.0.0.1:9"}
    assert done.stderr == "CommandError: Kho tệp không trả lời: http://127.0.0.1:9\n"


def test_starter_faults_are_listed_and_nothing_is_loaded(db, monkeypatch):
    from cms import starter

    wrong = starter.Loader("wrong", 1, lambda run: run.fault("guide.yaml", 3, "no title"), lambda run, found: None)
    monkeypatch.setattr(starter, "_loaders", {"wrong": wrong})
    out = io.StringIO()
    with pytest.raises(CommandError) as refused:
        call_command("load_starter_content", "--json", stdout=out)
    assert refused.value.returncode == 1
    report = json.loads(out.getvalue())
    assert report["faults"] == ["guide.yaml:3: no title"]
    assert report["code"] == "starter_content_refused"
    assert (report["created"], report["changed"]) == (0, 0)


class AsksAClosedSchool(ReportingCommand):
    def work(self, options):
        raise SchoolClosed("Trường đã ngừng hoạt động.")


@pytest.mark.parametrize("as_json", [False, True])
def test_what_the_domain_refuses_is_told_and_never_a_trace(as_json):
    out = io.StringIO()
    with pytest.raises(CommandError, match="ngừng hoạt động") as told:
        call_command(AsksAClosedSchool(stdout=out), json=as_json)
    assert told.value.returncode == 1
    assert bool(out.getvalue()) == as_json and ("school_closed" in out.getvalue()) == as_json
