"""What is sent comes out of JSON.stringify(JSON.parse(body)) unchanged. Where Node is found it is asked; the written cases hold anyhow."""

import json
import shutil
import subprocess

import pytest

from calls.hooks import js

VALUES = {
    "1": 1.0,
    "0.1": 0.1,
    "-2.5": -2.5,
    "0": -0.0,
    "0.00001": 1e-05,
    "0.000001": 1e-06,
    "1e-7": 1e-07,
    "1.5e-9": 1.5e-09,
    "10000000000000000": 1e16,
    "123456789012345680000": 123456789012345680000.0,
    "1e+21": 1e21,
    "1.5e+300": 1.5e300,
    "null": float("nan"),
    "true": True,
    "7": 7,
    '"é\u2028 \\"\\n\\u0001/"': 'é\u2028 "\n\x01/',
    "[1,[],{}]": [1.0, [], {}],
    '{"0":1,"2":2,"10":3,"b":4,"a":5,"01":6,"-1":7}': {"b": 4, "10": 3, "a": 5, "2": 2, "0": 1, "01": 6, "-1": 7},
}


@pytest.mark.parametrize("text", VALUES)
def test_a_value_is_written_as_javascript_does(text):
    assert js.dumps(VALUES[text]) == text


def test_node_agrees():
    node = shutil.which("node")
    if node is None:
        return  # the table above was made with it
    body = js.dumps(VALUES)
    echo = "process.stdout.write(JSON.stringify(JSON.parse(require('fs').readFileSync(0, 'utf8'))))"
    assert subprocess.run([node, "-e", echo], input=body.encode(), capture_output=True, check=True).stdout.decode() == body
    assert json.loads(body)["0.1"] == 0.1


def test_what_has_no_form_in_json_is_refused():
    with pytest.raises(TypeError, match="set"):
        js.dumps({"a": {1}})
