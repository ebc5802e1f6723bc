"""Names of countries."""

import subprocess
import sys

from config.kit import countries


def test_names_and_choices():
    assert (countries.name("GB"), countries.name("US"), countries.name("ZZ")) == ("United Kingdom", "United States", "ZZ")
    assert ("DE", "Germany") in countries.choices()
    assert len(countries.choices()) > 200


def test_the_places_of_the_world_are_not_loaded():
    code = "import sys; from config.kit import countries; countries.choices(); sys.exit('phonenumbers.geodata' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
