from __future__ import annotations

import logging
from dataclasses import FrozenInstanceError
from decimal import Decimal
from pathlib import Path

import pytest

from seedance_ui.config import Settings, read_environment
from seedance_ui.errors import ConfigError
from seedance_ui.variables import KEY_VARIABLES, VARIABLES, render_env_example

ROOT = Path(__file__).parents[1]


def test_from_env_with_nothing_set_gives_a_local_app() -> None:
    settings = Settings.from_env({})

    assert settings.keys == {}
    assert settings.provider_values == {
        "SCENARIO_BASE_URL": "https://api.cloud.scenario.com/v1",
        "AIMLAPI_BASE_URL": "https://api.aimlapi.com",
    }
    assert (settings.server_name, settings.server_port) == ("127.0.0.1", 7860)
    assert not settings.is_public
    assert not settings.is_paused
    assert settings.public_url is None
    assert settings.daily_budget_usd is settings.visitor_daily_jobs is settings.max_job_usd is None


def test_from_env_empty_and_blank_values_count_as_unset() -> None:
    names = [variable.name for variable in VARIABLES] + ["SPACE_ID", "SPACE_HOST"]

    assert Settings.from_env(dict.fromkeys(names, "")) == Settings.from_env({})
    assert Settings.from_env(dict.fromkeys(names, " \t")) == Settings.from_env({})


def test_settings_cannot_be_changed() -> None:
    settings = Settings.from_env({})

    with pytest.raises(FrozenInstanceError):
        settings.is_public = True  # type: ignore[misc]


def test_data_dir_by_default_is_the_users_own_and_outside_the_working_directory() -> None:
    data_dir = Settings.from_env({}).data_dir

    assert data_dir.is_absolute()
    assert data_dir.name == "seedance-playground"
    assert Path.cwd() not in data_dir.parents


@pytest.mark.parametrize(
    ("env", "mounted", "data_dir", "is_ephemeral"),
    [
        ({}, {"/data"}, None, False),
        ({"SPACE_ID": "anna/films"}, set(), None, True),
        ({"SPACE_ID": "anna/films"}, {"/data"}, "/data/seedance-playground", False),
        ({"SPACE_ID": "anna/films", "SEEDANCE_DATA_DIR": "/data"}, {"/data"}, "/data", False),
        ({"SPACE_ID": "anna/films", "SEEDANCE_DATA_DIR": "/srv/films"}, {"/data"}, "/srv/films", True),
        ({"SPACE_ID": "anna/films", "SEEDANCE_DATA_DIR": "/srv/films"}, {"/srv"}, "/srv/films", False),
    ],
    ids=["at-home", "no-volume", "volume", "volume-itself", "beside-the-volume", "another-volume"],
)
def test_videos_are_kept_where_a_space_has_a_volume(
    env: dict[str, str], mounted: set[str], data_dir: str | None, is_ephemeral: bool
) -> None:
    """B17: only a Space without one forgets; on one's own machine nothing does."""
    settings = Settings.from_env(env, is_volume=lambda path: path.as_posix() in mounted)
    assert settings.is_ephemeral is is_ephemeral
    assert settings.data_dir == (Settings.from_env({}).data_dir if data_dir is None else Path(data_dir))
    assert settings.database_url == f"sqlite:///{settings.data_dir.as_posix()}/seedance.sqlite3"


def test_the_disk_of_the_machine_itself_is_no_volume() -> None:
    """B17: asked of the real disk; its root is mounted as well."""
    assert Settings.from_env({"SPACE_ID": "anna/films", "SEEDANCE_DATA_DIR": "/films-of-nobody"}).is_ephemeral


def test_data_dir_is_made_absolute(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("USERPROFILE", str(tmp_path / "home"))

    assert Settings.from_env({"SEEDANCE_DATA_DIR": "films"}).data_dir == tmp_path / "films"
    assert Settings.from_env({"SEEDANCE_DATA_DIR": "~/films"}).data_dir == tmp_path / "home" / "films"


def test_database_url_by_default_is_a_file_in_the_data_dir(tmp_path: Path) -> None:
    settings = Settings.from_env({"SEEDANCE_DATA_DIR": str(tmp_path)})

    assert settings.database_url == f"sqlite:///{(tmp_path / 'seedance.sqlite3').as_posix()}"


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_database_url_of_postgresql_gets_the_driver_that_is_installed(scheme: str) -> None:
    settings = Settings.from_env({"DATABASE_URL": f"{scheme}://anna:secret@db.example/films"})

    assert settings.database_url == "postgresql+psycopg://anna:secret@db.example/films"


@pytest.mark.parametrize("value", ["films.db", "mysql://anna:hunter2@db/films", "postgresql://anna:hunter2@db:x/films"])
def test_database_url_that_cannot_work_is_refused_without_its_password(value: str) -> None:
    with pytest.raises(ConfigError, match="DATABASE_URL") as caught:
        Settings.from_env({"DATABASE_URL": value})

    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize(
    ("env", "is_public"),
    [
        ({}, False),
        ({"GRADIO_SERVER_NAME": "localhost"}, False),
        ({"GRADIO_SERVER_NAME": "::1"}, False),
        ({"GRADIO_SERVER_NAME": "127.0.0.2"}, False),
        ({"GRADIO_SERVER_NAME": "0.0.0.0"}, True),
        ({"GRADIO_SERVER_NAME": "::"}, True),
        ({"GRADIO_SERVER_NAME": "192.168.1.4"}, True),
        ({"GRADIO_SERVER_NAME": "films.example"}, True),
        ({"SPACE_ID": "anna/films"}, True),
        ({"SPACE_ID": "anna/films", "GRADIO_SERVER_NAME": "127.0.0.1"}, True),
        ({"GRADIO_SERVER_NAME": "0.0.0.0", "SEEDANCE_PUBLIC": "off"}, False),
        ({"SPACE_ID": "anna/films", "SEEDANCE_PUBLIC": "off"}, False),
        ({"SEEDANCE_PUBLIC": "on"}, True),
    ],
)
def test_is_public_wherever_strangers_can_come_unless_switched_off(env: dict[str, str], is_public: bool) -> None:
    assert Settings.from_env(env).is_public is is_public


def test_space_listens_to_its_proxy_and_knows_its_address() -> None:
    settings = Settings.from_env({"SPACE_ID": "anna/films", "SPACE_HOST": "anna-films.hf.space"})

    assert settings.is_space
    assert settings.server_name == "0.0.0.0"
    assert settings.public_url == "https://anna-films.hf.space"


def test_public_url_of_ones_own_wins_over_the_spaces() -> None:
    env = {"SPACE_HOST": "anna-films.hf.space", "SEEDANCE_PUBLIC_URL": "https://films.example/"}

    assert Settings.from_env(env).public_url == "https://films.example"


LOOPBACK_NAMES = {"localhost", "127.0.0.1", "::1"}


@pytest.mark.parametrize(
    ("env", "names", "allows_ip_hosts"),
    [
        ({}, set(), False),
        ({"GRADIO_SERVER_NAME": "127.0.0.2"}, {"127.0.0.2"}, False),
        ({"GRADIO_SERVER_NAME": "0.0.0.0"}, set(), True),
        ({"GRADIO_SERVER_NAME": "Studio.local"}, {"studio.local"}, True),
        ({"SPACE_ID": "anna/films", "SPACE_HOST": "Anna-films.hf.space"}, {"anna-films.hf.space"}, True),
        ({"SEEDANCE_PUBLIC_URL": "https://films.example:8443/app"}, {"films.example"}, False),
    ],
)
def test_allowed_hosts_are_the_names_we_know_ourselves_by(
    env: dict[str, str], names: set[str], allows_ip_hosts: bool
) -> None:
    settings = Settings.from_env(env)

    assert settings.allowed_hosts == LOOPBACK_NAMES | names
    assert settings.allows_ip_hosts is allows_ip_hosts


CAPS = {"SEEDANCE_DAILY_BUDGET_USD": "20", "SEEDANCE_VISITOR_DAILY_JOBS": "3", "SEEDANCE_MAX_JOB_USD": "2.50"}


def test_caps_are_exact_numbers() -> None:
    settings = Settings.from_env(CAPS)

    assert settings.daily_budget_usd == Decimal(20)
    assert settings.visitor_daily_jobs == 3
    assert settings.max_job_usd == Decimal("2.50")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *((name, value) for name in CAPS for value in ("0", "-1", "free", "NaN", "1e999999999", "Infinity", "1,5")),
        ("SEEDANCE_VISITOR_DAILY_JOBS", "2.5"),
        ("SEEDANCE_VISITOR_DAILY_JOBS", "٣"),
        *((name, value) for name in ("SEEDANCE_PUBLIC", "SEEDANCE_PAUSE") for value in ("maybe", "2")),
        *(("GRADIO_SERVER_PORT", value) for value in ("-1", "65536", "80.5", "http")),
        *(
            (name, value)
            for name in ("SCENARIO_BASE_URL", "AIMLAPI_BASE_URL", "SEEDANCE_PUBLIC_URL")
            for value in (
                "api.example",
                "ftp://api.example",
                "http://api.example",
                "http://10.0.0.1",
                "http://127.0.0.1.example",
                "https://",
                "https://api.example/?key=1",
                "https://api.example/#top",
                "https://api.example:99999",
                "https://api .example",
            )
        ),
    ],
)
def test_wrong_value_is_refused_with_its_name_and_the_wanted_form(name: str, value: str) -> None:
    with pytest.raises(ConfigError, match=rf"^{name} is .*\bmust\b"):
        Settings.from_env({name: value})


@pytest.mark.parametrize("value", ["http://127.0.0.1:8123/v1", "http://localhost:8123/v1/", "http://[::1]:8123/v1"])
def test_base_url_may_be_plain_http_on_this_machine(value: str) -> None:
    assert Settings.from_env({"SCENARIO_BASE_URL": value}).provider_values["SCENARIO_BASE_URL"] == value.rstrip("/")


def test_base_url_with_a_password_is_refused_and_not_shown() -> None:
    with pytest.raises(ConfigError, match="AIMLAPI_BASE_URL") as caught:
        Settings.from_env({"AIMLAPI_BASE_URL": "https://anna:hunter2@api.example"})

    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize("value", ["hunter2\nX-Evil: 1", "hunter2 hunter2", "hunter2" * 100, "hünter2"], ids=repr)
@pytest.mark.parametrize("name", KEY_VARIABLES)
def test_key_that_cannot_be_sent_is_refused_and_not_shown(name: str, value: str) -> None:
    """D9: a key is a header's value; a line break in it would be another header."""
    with pytest.raises(ConfigError, match=name) as caught:
        Settings.from_env({name: value})

    assert "nter2" not in str(caught.value)


def test_keys_are_found_by_their_variable_and_shown_nowhere() -> None:
    secrets = {name: f"hunter2-{name}" for name in KEY_VARIABLES}
    settings = Settings.from_env({**secrets, "DATABASE_URL": "postgresql://anna:hunter2@db/films"})

    assert settings.keys == secrets
    assert "hunter2" not in repr(settings)
    assert "hunter2" not in f"{settings}"


def test_key_loses_the_spaces_of_copy_and_paste() -> None:
    assert Settings.from_env({"AIMLAPI_KEY": " sk-1\n"}).keys == {"AIMLAPI_KEY": "sk-1"}


def test_keys_cannot_be_changed() -> None:
    settings = Settings.from_env({"AIMLAPI_KEY": "sk-1"})

    with pytest.raises(TypeError):
        settings.keys["AIMLAPI_KEY"] = "sk-2"  # type: ignore[index]


def write(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def test_read_environment_prefers_the_real_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIMLAPI_KEY", "from-the-shell")
    path = write(tmp_path / ".env", "AIMLAPI_KEY=from-the-file\nSEEDANCE_PAUSE=on\n")

    environment = read_environment(path)

    assert environment["AIMLAPI_KEY"] == "from-the-shell"
    assert environment["SEEDANCE_PAUSE"] == "on"


def test_read_environment_empty_variable_hides_the_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`AIMLAPI_KEY= make run` starts without the key of the file."""
    monkeypatch.setenv("AIMLAPI_KEY", "")

    environment = read_environment(write(tmp_path / ".env", "AIMLAPI_KEY=from-the-file\n"))

    assert Settings.from_env(environment).keys == {}


def test_read_environment_without_a_file_is_the_real_environment(tmp_path: Path) -> None:
    assert "PATH" in read_environment(tmp_path / ".env")


def test_read_environment_takes_what_editors_and_shells_write(tmp_path: Path) -> None:
    text = '\ufeff# keys\r\n\r\nexport AIMLAPI_KEY="sk-1" # mine\r\nSCENARIO_API_SECRET=a#b$c${HOME}\r\n'

    environment = read_environment(write(tmp_path / ".env", text))

    assert environment["AIMLAPI_KEY"] == "sk-1"
    assert environment["SCENARIO_API_SECRET"] == "a#b$c${HOME}"


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("SEEDANCE_PAUSE=on\n\n# a comment\nAIMLAPI_KEY hunter2\n", "line 4:"),
        ("\n\nAIMLAPI_KEY='hunter2\n", "line 3 (AIMLAPI_KEY):"),
        ('export AIMLAPI_KEY="hunter2" hunter2\n', "line 1 (AIMLAPI_KEY):"),
        ("SEEDANCE_PAUSE=on\nhunter2\n", "line 2:"),
        ("=hunter2\n", "line 1:"),
    ],
)
def test_read_environment_broken_line_is_named_without_its_value(tmp_path: Path, text: str, place: str) -> None:
    with pytest.raises(ConfigError) as caught:
        read_environment(write(tmp_path / ".env", text))

    assert f"`.env` {place}" in str(caught.value)
    assert "NAME=value" in str(caught.value)
    assert "hunter2" not in str(caught.value)


def test_read_environment_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    path = tmp_path / ".env"
    path.write_bytes(b"AIMLAPI_KEY=\xff\xfe\n")

    with pytest.raises(ConfigError, match="UTF-8"):
        read_environment(path)


@pytest.mark.parametrize(
    ("written", "meant"),
    [("SEEDANCE_PAUS", "SEEDANCE_PAUSE"), ("AIMLAPI_KEYS", "AIMLAPI_KEY"), ("SCENARO_API_KEY", "SCENARIO_API_KEY")],
)
def test_read_environment_misspelt_name_is_reported_with_the_right_one(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, written: str, meant: str
) -> None:
    with caplog.at_level(logging.WARNING):
        read_environment(write(tmp_path / ".env", f"{written}=hunter2\n"))

    assert f"{written}, which" in caplog.text
    assert f"Did you mean {meant}?" in caplog.text
    assert "hunter2" not in caplog.text


def test_read_environment_is_silent_about_names_of_others(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        read_environment(write(tmp_path / ".env", "HF_TOKEN=hf_1\nAIMLAPI_KEY=sk-1\n"))

    assert caplog.text == ""


@pytest.mark.parametrize("name", CAPS)
def test_read_environment_a_cap_that_is_set_is_said_once_to_be_not_enforced(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, name: str
) -> None:
    with caplog.at_level(logging.WARNING):
        read_environment(write(tmp_path / ".env", f"{name}={CAPS[name]}\n"))

    [message] = caplog.messages
    assert message.startswith(f"Set, but not enforced yet: {name}. ")


def test_env_example_is_the_rendered_table() -> None:
    """To write it anew: `python -c "import seedance_ui.variables as v; print(v.render_env_example(), end='')"`."""
    assert (ROOT / ".env.example").read_text(encoding="utf-8") == render_env_example()


def test_env_example_as_it_stands_sets_nothing(tmp_path: Path) -> None:
    environment = read_environment(ROOT / ".env.example")

    assert {variable.name for variable in VARIABLES} <= environment.keys()
    assert Settings.from_env(environment) == Settings.from_env({})


def test_allowed_hosts_at_home_are_this_machine_only() -> None:
    settings = Settings.from_env({})
    assert settings.allowed_hosts == {"localhost", "127.0.0.1", "::1"}
    assert not settings.allows_ip_hosts


def test_allowed_hosts_on_a_space_are_its_own_name_and_addresses() -> None:
    settings = Settings.from_env({"SPACE_ID": "me/demo", "SPACE_HOST": "me-demo.hf.space"})
    assert {"me-demo.hf.space", "localhost"} <= settings.allowed_hosts
    assert settings.allows_ip_hosts
