"""infra/compose.yaml, the image and the secrets: what can be held without an engine. benchmarks/compose.py starts the
services themselves, as processes."""

import json
import os
import re
import runpy
import shlex
import shutil
import stat
import subprocess
import sys
import threading
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path

import jsonschema
import psycopg
import pytest
import yaml
from cryptography.fernet import Fernet

from infra.health import complaint
from infra.helm.environment import OF_ONE_MACHINE
from ingest.handover import is_local
from kezek.airflow import airflow_environment, shipped_settings
from kezek.settings import Settings
from tests.conftest import REPOSITORY
from tests.infra.composed import COMPOSE, INFRA, Service, composed, services
from tests.postgres import USER, Server

CONTACT = {"KEZEK_CONTACT": "webmasters@kezek.example"}
SERVICES = services(CONTACT)
AIRFLOW = {name: service for name, service in SERVICES.items() if service.runs_airflow}
DOCKERFILE = (INFRA / "Dockerfile").read_text(encoding="utf-8")
EXACT = re.compile(r"^[a-z/.-]+:\d+\.\d+\.\d+[a-z0-9.-]*$|^(postgres):\d+\.\d+-[a-z]+$|@sha256:[0-9a-f]{64}$")
each_service = pytest.mark.parametrize("service", SERVICES.values(), ids=SERVICES)
each_of_airflow = pytest.mark.parametrize("service", AIRFLOW.values(), ids=AIRFLOW)


def image_environment() -> dict[str, str]:
    """What the image's last stage sets by ENV."""
    last = DOCKERFILE[DOCKERFILE.rindex("\nFROM ") :].replace("\\\n", " ")
    settings = re.search(r"^ENV (.*)$", last, re.MULTILINE)
    assert settings is not None
    return dict(pair.split("=", 1) for pair in settings.group(1).split())


# --- the file ---


def test_it_is_what_the_compose_specification_says() -> None:
    schema = json.loads(
        files("check_jsonschema").joinpath("builtin_schemas/vendor/compose-spec.json").read_text("utf-8")
    )
    validator = jsonschema.validators.validator_for(schema)(schema)
    said = yaml.safe_load(COMPOSE.read_text(encoding="utf-8"))
    assert [error.message for error in validator.iter_errors(said)] == []
    said["services"]["redis"]["healthchek"] = {}
    assert len(list(validator.iter_errors(said))) == 1


def test_without_a_word_to_webmasters_nothing_starts() -> None:
    with pytest.raises(KeyError, match="KEZEK_CONTACT"):
        composed({})


def test_what_is_named_is_there() -> None:
    whole = composed(CONTACT)
    for service in SERVICES.values():
        for volume in service.said.get("volumes", ()):
            source = volume.split(":")[0]
            assert source in whole["volumes"] or source.startswith("/") or (INFRA / source).is_file(), volume
        for secret in service.said.get("secrets", ()):
            assert secret in whole["secrets"]
        for needed, how in service.said.get("depends_on", {}).items():
            once = SERVICES[needed].said["restart"].startswith("on-failure")
            assert how == {"condition": "service_completed_successfully" if once else "service_healthy"}
    assert set(whole["volumes"]) == {
        volume.split(":")[0]
        for service in SERVICES.values()
        for volume in service.said.get("volumes", ())
        if not volume.startswith((".", "/"))
    }


@each_service
def test_a_service_may_do_little_and_stays(service: Service) -> None:
    user, _, group = service.said["user"].partition(":")
    assert int(user) > 0 and group
    assert service.said["read_only"] is True
    assert service.said["cap_drop"] == ["ALL"]
    assert service.said["security_opt"] == ["no-new-privileges:true"]
    assert EXACT.search(service.said["image"]), service.said["image"]
    assert not {"privileged", "network_mode", "pid", "cap_add", "devices"} & set(service.said)
    for port in service.said.get("ports", ()):
        assert port.startswith("127.0.0.1:"), port
    if service.name == "init":  # it ends, and the others wait for that
        assert service.said["restart"] == "on-failure:3"
    else:
        assert service.said["restart"] == "unless-stopped"
        check = service.said["healthcheck"]
        assert check["test"][0] in ("CMD", "CMD-SHELL") and len(check["test"]) > 1
        assert {"interval", "timeout", "retries", "start_period"} <= set(check)


def test_the_workers_can_be_many() -> None:
    worker = SERVICES["worker"].said
    assert "container_name" not in worker and "ports" not in worker and "hostname" not in worker
    shared = [volume for volume in worker["volumes"] if ":" in volume and not volume.endswith(":ro")]
    assert shared == ["archive:/srv/archive"], "the archive is all that a worker shares by file"


def test_a_sources_file_and_notifiers_of_ones_own_are_mounted_where_kezek_looks() -> None:
    own = {"KEZEK_SOURCES": "./own.toml", "KEZEK_NOTIFIERS": "/srv/notifiers.toml"}
    worker = services(CONTACT | own)["worker"]
    for name, path in own.items():
        assert f"{path}:{worker.environment[name]}:ro" in worker.said["volumes"]
    assert {SERVICES["worker"].environment[name] for name in own} == {""}


# --- the settings ---


@each_of_airflow
def test_airflow_is_told_what_airflow_env_says(service: Service) -> None:
    shipped = shipped_settings()
    other = {name for name, value in shipped.items() if service.environment[name] != value}
    assert other <= set(OF_ONE_MACHINE), "compose.yaml says otherwise than airflow.env"
    assert not other & set(shipped) - set(service.said["environment"])
    assert service.environment["AIRFLOW__CORE__EXECUTOR"] == "CeleryExecutor"


@each_of_airflow
def test_a_container_has_all_that_the_command_line_sets(service: Service, tmp_path: Path) -> None:
    given = set(service.environment) | set(image_environment())
    given |= {name.removesuffix("_CMD") for name in given}
    wanted = airflow_environment(Settings.from_environment({"KEZEK_HOME": str(tmp_path)}))
    inherited = set(os.environ) - {"PATH", "PYTHONPATH"}
    # Logs lie where Airflow's home says.
    assert set(wanted) - inherited - given == {"AIRFLOW__LOGGING__BASE_LOG_FOLDER"}


def test_all_of_airflow_have_the_same_environment() -> None:
    first = AIRFLOW["scheduler"]
    for service in AIRFLOW.values():
        assert service.environment == first.environment
        assert service.said["secrets"] == first.said["secrets"]


def test_kezek_is_told_of_every_setting_and_shares_no_local_folder() -> None:
    worker = SERVICES["worker"].environment
    settings = Settings.from_environment(worker)
    assert set(settings.environment()) <= set(worker)
    assert settings.contact == CONTACT["KEZEK_CONTACT"]
    assert settings.server == "postgresql://kezek_writer@warehouse:5432/kezek"
    assert settings.reader == "postgresql://kezek_reader@warehouse:5432/kezek"
    assert not is_local(settings.archive) and not is_local(settings.spool) and not is_local(settings.report)
    on_s3 = services(CONTACT | {"KEZEK_ARCHIVE": "s3://bucket/archive"})["worker"].environment
    assert Settings.from_environment(on_s3).spool == "s3://bucket/archive/spool"


def test_the_explorer_reads_with_the_reading_role_and_nothing_else() -> None:
    explorer = SERVICES["explorer"]
    settings = Settings.from_environment(explorer.environment)
    assert settings.server is None and settings.published == SERVICES["worker"].environment["KEZEK_READER"]
    assert explorer.said["secrets"] == ["pgpass_reader"]
    port = explorer.said["command"][-1]
    assert explorer.said["ports"] == [f"127.0.0.1:{port}:{port}"], "it answers to no other port than its own"


# --- the secrets ---


def sensitive_options() -> set[str]:
    """The variables that Airflow lets a command fill: of the others it takes no notice."""
    airflow = find_spec("airflow")
    celery = find_spec("airflow.providers.celery")
    assert airflow is not None and airflow.origin is not None and celery is not None and celery.origin is not None
    core = yaml.safe_load(Path(airflow.origin).with_name("config_templates").joinpath("config.yml").read_text("utf-8"))
    provider = runpy.run_path(str(Path(celery.origin).with_name("get_provider_info.py")))["get_provider_info"]()
    return {
        f"AIRFLOW__{section.upper()}__{option.upper()}_CMD"
        for sections in (core, provider["config"])
        for section, described in sections.items()
        for option, about in described["options"].items()
        if about.get("sensitive")
    }


@pytest.fixture(scope="module")
def secrets(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of infra/secrets as its script leaves it."""
    folder = tmp_path_factory.mktemp("secrets")
    shutil.copy(INFRA / "secrets" / "make.sh", folder)
    subprocess.run(["sh", folder / "make.sh"], check=True)
    return folder


def test_the_script_makes_every_secret_and_spoils_none(secrets: Path) -> None:
    named = composed(CONTACT)["secrets"]
    made = {path.name for path in secrets.iterdir()} - {"make.sh"}
    assert made == set(named)
    assert {name: f"secrets/{name}" for name in named} == {name: about["file"] for name, about in named.items()}
    before = {name: (secrets / name).read_bytes() for name in made}
    passwords = [before[name] for name in made if name.endswith(("_password", "_key", "_secret"))]
    assert len(set(passwords)) == len(passwords) and min(map(len, passwords)) >= 43
    for name in made:
        mode = stat.S_IMODE((secrets / name).stat().st_mode)
        assert mode == (0o440 if name == "redis_password" else 0o400), name
        assert named[name] and f"| `{name}` |" in (INFRA / "secrets" / "README.md").read_text(encoding="utf-8")
    (secrets / "jwt_secret").unlink()
    subprocess.run(["sh", secrets / "make.sh"], check=True)
    after = {name: (secrets / name).read_bytes() for name in made}
    assert {name for name in made if after[name] != before[name]} == {"jwt_secret"}


def test_every_command_for_a_secret_is_heeded_and_gives_it_without_its_line_end(secrets: Path) -> None:
    commands = {name: text for name, text in AIRFLOW["worker"].environment.items() if name.endswith("_CMD")}
    assert set(commands) <= sensitive_options()
    given = {}
    for name, command in commands.items():
        argv = shlex.split(command.replace("/run/secrets", str(secrets)))  # as Airflow does
        given[name.removeprefix("AIRFLOW__")] = subprocess.run(argv, check=True, capture_output=True, text=True).stdout
    kept = {path.name: path.read_text(encoding="utf-8") for path in secrets.iterdir()}
    assert given == {
        "CELERY__BROKER_URL_CMD": f"redis://:{kept['redis_password']}@redis:6379/0",
        "CORE__FERNET_KEY_CMD": kept["fernet_key"],
        "API__SECRET_KEY_CMD": kept["api_secret_key"],
        "API_AUTH__JWT_SECRET_CMD": kept["jwt_secret"],
    }
    assert Fernet(kept["fernet_key"]).encrypt(b"a connection")


def test_a_service_reads_the_secrets_that_it_is_given_and_no_others() -> None:
    for service in SERVICES.values():
        said = json.dumps({key: value for key, value in service.said.items() if key != "secrets"})
        read = set(re.findall(r"/run/secrets/(\w+)", said))
        if service.name == "warehouse":
            read |= set(re.findall(r"/(\w+_password)`", (INFRA / "postgres" / "passwords.sh").read_text("utf-8")))
        assert read == set(service.said.get("secrets", ())), service.name


def test_no_secret_stands_in_a_file(secrets: Path) -> None:
    for service in SERVICES.values():
        for name, value in service.environment.items():
            if name.endswith(("_CMD", "_FILE")):
                assert "/run/secrets/" in value
            else:
                assert not re.search("PASSWORD|SECRET|FERNET|CREDENTIAL", name.removesuffix("_FILE")), name
                assert not re.search(r"://[^/@]*:[^/@]+@", value), f"{name} has a password"


@pytest.fixture(scope="module")
def warehouse(secrets: Path, postgres: Server) -> Iterator[tuple[Server, Path, dict[str, str]]]:
    """A server whose database and roles were made as the warehouse's container makes them, with psql's environment."""
    folder = INFRA / "postgres"
    postgres.create("kezek")
    environment = {
        "PATH": f"{postgres.programs}:{os.environ['PATH']}",
        "PGHOST": "127.0.0.1",
        "PGPORT": str(postgres.port),
        "PGPASSWORD": postgres.password,
        "POSTGRES_USER": USER,
        "POSTGRES_DB": "kezek",
        "SECRETS": str(secrets),
    }
    roles = ["psql", "--quiet", "--no-psqlrc", f"--username={USER}", "--dbname=kezek", f"--file={folder / 'roles.sql'}"]
    subprocess.run(roles, env=environment, check=True)
    subprocess.run(["sh", folder / "passwords.sh"], env=environment, check=True)
    yield postgres, folder, environment
    postgres.drop("kezek")


def test_the_roles_come_in_with_the_secrets_passwords_and_a_new_one_counts_at_once(
    warehouse: tuple[Server, Path, dict[str, str]], secrets: Path, tmp_path: Path
) -> None:
    postgres, folder, environment = warehouse

    def who(role: str, pgpass: Path) -> str:
        address = f"postgresql://{role}@127.0.0.1:{postgres.port}/kezek?passfile={pgpass}"
        with psycopg.connect(address) as connection:
            return str(connection.execute("SELECT current_user").fetchall()[0][0])

    there = f"127.0.0.1:{postgres.port}"
    pgpass = tmp_path / "pgpass"
    pgpass.touch(mode=0o600)
    pgpass.write_text((secrets / "pgpass").read_text("ascii").replace("warehouse:5432", there), encoding="ascii")
    reader = tmp_path / "pgpass_reader"
    reader.touch(mode=0o600)
    reader.write_text((secrets / "pgpass_reader").read_text("ascii").replace("warehouse:5432", there), encoding="ascii")
    assert who("kezek_writer", pgpass) == "kezek_writer"
    assert who("kezek_reader", reader) == "kezek_reader"
    with pytest.raises(psycopg.OperationalError):
        who("kezek_writer", reader)

    old = (secrets / "writer_password").read_text("ascii")
    for name in ("writer_password", "pgpass"):
        (secrets / name).unlink()
    subprocess.run(["sh", secrets / "make.sh"], check=True)
    subprocess.run(["sh", folder / "passwords.sh"], env=environment, check=True)
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        who("kezek_writer", pgpass)
    new = (secrets / "writer_password").read_text("ascii")
    pgpass.write_text(pgpass.read_text("ascii").replace(old, new), encoding="ascii")
    assert who("kezek_writer", pgpass) == "kezek_writer"


def test_git_and_the_builder_take_no_secret() -> None:
    names = composed(CONTACT)["secrets"]
    paths = [f"infra/secrets/{name}" for name in names] + [
        "infra/.env",
        "infra/secrets/README.md",
        "infra/secrets/make.sh",
    ]
    ignored = subprocess.run(
        ["git", "check-ignore", "--no-index", *paths], cwd=REPOSITORY, capture_output=True, text=True
    )
    assert ignored.stdout.split() == paths[:-2]
    kept = (REPOSITORY / ".dockerignore").read_text(encoding="utf-8").splitlines()
    assert kept.index("infra/secrets") > kept.index("!infra") and kept.index("infra/.env") > kept.index("!infra")


# --- the health checks ---


@contextmanager
def answering(status: int, body: bytes) -> Iterator[str]:
    """The address of a page that says this."""

    class Page(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Page)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/health"
    finally:
        server.shutdown()
        server.server_close()


@pytest.mark.parametrize(
    ("status", "body", "components", "said"),
    [
        (200, b"anything", [], None),
        (503, b"", [], "HTTP Error 503"),
        (200, b'{"scheduler": {"status": "healthy"}, "triggerer": {"status": null}}', ["scheduler"], None),
        (200, b'{"scheduler": {"status": "unhealthy"}}', ["scheduler"], "scheduler is unhealthy"),
        (200, b'{"scheduler": {"status": null}}', ["scheduler"], "scheduler is None"),
        (200, b'{"metadatabase": {"status": "healthy"}}', ["metadatabase", "scheduler"], "tells nothing of"),
        (200, b"<html>", ["scheduler"], "tells nothing of scheduler"),
        (200, b"[]", ["scheduler"], "tells nothing of scheduler"),
    ],
)
def test_the_check_tells_health_from_what_is_not(
    status: int, body: bytes, components: list[str], said: str | None
) -> None:
    with answering(status, body) as url:
        found = complaint(url, components)
    assert found is None if said is None else found is not None and said in found


def test_the_check_of_a_dead_service_is_one_sentence_and_a_status() -> None:
    with answering(200, b"") as url:
        pass
    done = subprocess.run([sys.executable, INFRA / "health.py", url], capture_output=True, text=True)
    assert done.returncode == 1 and done.stderr.startswith(f"{url}: ") and done.stderr.count("\n") == 1


# --- the image ---


def test_the_image_has_the_package_the_lock_and_no_root() -> None:
    lock = (REPOSITORY / "requirements" / "cluster.txt").read_text(encoding="utf-8")
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))
    bases = re.findall(r"^FROM (\S+)", DOCKERFILE, re.MULTILINE)
    assert len(set(bases)) == 1 and EXACT.search(bases[0]) and bases[0].startswith("python:3.11.")
    assert "--require-hashes" in DOCKERFILE and "requirements/cluster.txt" in DOCKERFILE
    for package in ("apache-airflow", "apache-airflow-providers-celery", "apache-airflow-providers-cncf-kubernetes"):
        assert f"\n{package}==" in lock
    assert "\napache-airflow-providers-fab==" in lock and "\ns3fs==" in lock and "\nredis==" in lock
    users = re.findall(r"^USER (.*)$", DOCKERFILE, re.MULTILINE)
    assert users == ["50000:0"] and {
        service.said["user"] for service in SERVICES.values() if service.runs_kezek
    } == set(users)
    packages = project["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]
    copied = {
        source for line in re.findall(r"^COPY (?!--)(.*) \S+$", DOCKERFILE, re.MULTILINE) for source in line.split()
    }
    assert set(packages) <= copied
    assert copied <= {
        line[1:] for line in (REPOSITORY / ".dockerignore").read_text("utf-8").splitlines() if line[0] == "!"
    }
    assert all((REPOSITORY / source).exists() for source in copied)
    tag = f"kezek:{project['project']['version']}"
    assert {service.said["image"] for service in SERVICES.values() if service.runs_kezek} == {tag}
    assert tag in DOCKERFILE
    environment = image_environment()
    assert environment["AIRFLOW__CORE__DAGS_FOLDER"] == "/opt/kezek/dags"
    for folder in ("AIRFLOW_HOME", "KEZEK_HOME"):
        assert environment[folder] in AIRFLOW["worker"].said["volumes"], "each container's own, and it can be written"
        assert f" {environment[folder]} " in DOCKERFILE


def test_the_commands_name_programs_and_files_of_the_image() -> None:
    said = json.dumps([[service.said.get("command"), service.said.get("healthcheck")] for service in SERVICES.values()])
    paths = set(re.findall(r"/opt/kezek/([\w./-]+)", said))
    assert paths == {"infra/init.sh", "infra/health.py"}
    assert all((REPOSITORY / path).is_file() for path in paths)
    bin_folder = Path(sys.executable).parent
    for program in ("airflow", "celery", "kezek"):
        assert f'"{program}' in said and (bin_folder / program).exists()
