"""Runs commands of kafka-connect-py's `kc`. Standard input: a JSON list of argument lists. Prints a JSON list of what each printed."""
import contextlib
import io
import json
import sys

from kafka_connect.cli import cli

printed = []
for arguments in json.load(sys.stdin):
    output = io.StringIO()
    with contextlib.redirect_stdout(output):
        try:
            cli(arguments, standalone_mode=False)
        except SystemExit:
            pass
    printed.append(output.getvalue().strip())
print(json.dumps(printed))
