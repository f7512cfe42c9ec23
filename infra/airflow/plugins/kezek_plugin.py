"""What kezek adds to Airflow: a listener that makes missing pools."""

from airflow.plugins_manager import AirflowPlugin

from kezek import pool_listener


class KezekPlugin(AirflowPlugin):
    name = "kezek"
    listeners = [pool_listener]
