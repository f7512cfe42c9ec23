"""infra/helm: the values say of Airflow what airflow.env says, name secrets and hold none, and the two manifests go with
them. The chart and its schema can't be had here: docs/operate.md tells which keys were compared with it, and how."""

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

from infra.helm.environment import BEGIN, OF_ONE_MACHINE, OF_THE_QUEUE, VALUES, shared_settings, with_settings
from kezek.airflow import shipped_settings
from kezek.settings import Settings
from tests.conftest import REPOSITORY
from tests.infra.composed import services

HELM = REPOSITORY / "infra" / "helm"
TEXT = VALUES.read_text(encoding="utf-8")
SAID: dict[str, Any] = yaml.safe_load(TEXT)
MANIFESTS: dict[str, dict[str, Any]] = {
    name: yaml.safe_load((HELM / name).read_text(encoding="utf-8")) for name in ("init.yaml", "explorer.yaml")
}
each_manifest = pytest.mark.parametrize("manifest", MANIFESTS.values(), ids=MANIFESTS)


def config_map(name: str) -> dict[str, str]:
    data = yaml.safe_load(SAID["extraConfigMaps"][name]["data"])
    assert isinstance(data, dict) and all(isinstance(value, str) for value in data.values())
    return data


def container(manifest: dict[str, Any]) -> dict[str, Any]:
    (only,) = manifest["spec"]["template"]["spec"]["containers"]
    assert isinstance(only, dict)
    return only


def test_the_values_are_those_of_airflow_env() -> None:
    assert with_settings(TEXT) == TEXT, "run: python -m infra.helm.environment"
    told = config_map("kezek-environment")
    for name, value in shipped_settings().items():
        if name in OF_ONE_MACHINE or name.startswith(OF_THE_QUEUE):
            assert name not in told
        else:
            assert told[name] == value
    assert shared_settings().keys() <= told.keys()
    with pytest.raises(ValueError, match="marks"):
        with_settings(TEXT.replace(BEGIN, ""))


def test_what_is_of_one_machine_is_said_anew() -> None:
    assert SAID["executor"] == "KubernetesExecutor"
    assert SAID["config"]["core"]["parallelism"] > int(shipped_settings()["AIRFLOW__CORE__PARALLELISM"])
    told = config_map("kezek-environment") | config_map("kezek-place")
    assert "AIRFLOW__API__HOST" not in told  # Airflow's own default listens to the other pods


def test_compose_and_values_tell_airflow_the_same() -> None:
    worker = services({"KEZEK_CONTACT": "x"})["worker"].environment
    told = config_map("kezek-environment")
    for name, value in told.items():
        if name.startswith("AIRFLOW__"):
            assert worker[name] == value, name
    assert told["KEZEK_HOME"] == worker["KEZEK_HOME"]


def test_kezek_is_told_what_it_has_to_be_told() -> None:
    settings = Settings.from_environment(config_map("kezek-environment") | config_map("kezek-place"))
    assert settings.server is not None and settings.server.startswith("postgresql://kezek_writer@")
    assert "sslmode=verify-full" in settings.server
    assert settings.archive.startswith("s3://") and settings.spool == f"{settings.archive}/spool"
    assert settings.contact is None, "everybody's own"


def test_the_versions_are_those_of_the_image() -> None:
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    lock = (REPOSITORY / "requirements" / "cluster.txt").read_text(encoding="utf-8")
    assert SAID["defaultAirflowTag"] == project["version"]
    assert f"\napache-airflow=={SAID['airflowVersion']} " in lock
    assert len(re.findall(r"--version 1\.22\.0", TEXT)) == 1 and "version 1.22.0" in TEXT.splitlines()[0]
    images = {container(manifest)["image"] for manifest in MANIFESTS.values()}
    assert images == {f"{SAID['defaultAirflowRepository']}:{SAID['defaultAirflowTag']}"}


def test_nothing_is_brought_that_production_has_elsewhere() -> None:
    for part in ("postgresql", "redis", "pgbouncer", "statsd", "flower"):
        assert SAID[part] == {"enabled": False}
    assert SAID["createUserJob"]["defaultUser"] == {"enabled": False}, "else admin with the password admin"


def test_secrets_are_named_and_none_stands_here() -> None:
    for name in ("fernetKeySecretName", "apiSecretKeySecretName", "jwtSecretName"):
        assert SAID[name].startswith("kezek-")
    assert SAID["data"] == {"metadataSecretName": "kezek-metadata"}
    for text in (TEXT, *((HELM / name).read_text(encoding="utf-8") for name in MANIFESTS)):
        assert not re.search(r"://[^/@\s]*:[^/@\s]+@", text), "a password in an address"
        assert not re.search(
            r"^\s*(fernetKey|jwtSecret|apiSecretKey|webserverSecretKey|brokerUrl)\s*:", text, re.MULTILINE
        )
        assert not re.search(r"^\s*\S*(PASSWORD|SECRET|KEY)\S*\s*:\s*\S", text, re.MULTILINE)
    assert {entry["envName"] for entry in SAID["secret"]} == {"PGPASSWORD", "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN_ASYNC"}


def known_names() -> set[str]:
    """The ConfigMaps and Secrets that the values make or ask for."""
    return {
        *SAID["extraConfigMaps"],
        *(entry["secretName"] for entry in SAID["secret"]),
        *(SAID[name] for name in ("fernetKeySecretName", "apiSecretKeySecretName", "jwtSecretName")),
        SAID["data"]["metadataSecretName"],
        "kezek-s3",
        "kezek-explorer",
    }


@each_manifest
def test_a_manifest_names_what_there_is_and_may_do_little(manifest: dict[str, Any]) -> None:
    only, pod = container(manifest), manifest["spec"]["template"]["spec"]
    names = {source["name"] for entry in only["envFrom"] for source in entry.values()}
    names |= {source["name"] for entry in only["env"] for source in entry["valueFrom"].values()}
    assert names <= known_names()
    assert (
        pod["securityContext"]["runAsNonRoot"] is True and pod["securityContext"]["runAsUser"] == SAID["uid"] == 50000
    )
    assert pod["automountServiceAccountToken"] is False
    assert only["securityContext"]["allowPrivilegeEscalation"] is False
    assert only["securityContext"]["capabilities"] == {"drop": ["ALL"]}
    assert set(only["resources"]) == {"requests", "limits"}
    for path in re.findall(r"/opt/kezek/([\w./-]+)", str(only)):
        assert Path(REPOSITORY, path).is_file()


def test_the_job_has_all_that_airflows_pods_have_for_the_databases() -> None:
    given = {
        entry["name"]: next(iter(entry["valueFrom"].values())) for entry in container(MANIFESTS["init.yaml"])["env"]
    }
    for entry in SAID["secret"]:
        assert given[entry["envName"]] == {"name": entry["secretName"], "key": entry["secretKey"]}
    assert given["AIRFLOW__DATABASE__SQL_ALCHEMY_CONN"]["name"] == SAID["data"]["metadataSecretName"]
    froms = yaml.safe_load(SAID["extraEnvFrom"])
    assert all(entry in froms for entry in container(MANIFESTS["init.yaml"])["envFrom"])


def test_the_explorer_is_for_those_who_may_open_a_tunnel() -> None:
    only = container(MANIFESTS["explorer.yaml"])
    assert only["args"] == ["kezek", "explore", "--port", "8766"] and "ports" not in only
    for probe in ("startupProbe", "livenessProbe", "readinessProbe"):
        assert only[probe]["exec"]["command"][-1] == "http://127.0.0.1:8766/"
    mounts = {mount["mountPath"] for mount in only["volumeMounts"]}
    assert only["securityContext"]["readOnlyRootFilesystem"] is True and mounts == {"/srv/kezek", "/tmp"}
