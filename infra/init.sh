#!/bin/sh
# What has to be there before Airflow's services start: the metadata's tables, the pools, the warehouse's tables. It runs
# at every start and every upgrade, and finds done what is done.
set -eu
airflow db migrate
python -m kezek.airflow pools sync
python -c '
from kezek.settings import Settings
from warehouse.connection import open_warehouse

open_warehouse(Settings.from_environment().warehouse).close()
'
