"""The product's settings with one address more: the bare insert view that POST /v1/calls is compared with."""

from config.settings import *  # noqa: F403

ROOT_URLCONF = "tests.bench.urls"
