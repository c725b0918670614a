#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""usage: validate.py < RECORDS

Each line is a record; it is held against share/schema/TYPE.json, TYPE being
its "type". Prints what is wrong with which line; exit 1 if anything is.
"""
import json
import pathlib
import sys

import jsonschema

SCHEMAS = pathlib.Path(__file__).parents[2] / "share" / "schema"


def complaints(line):
    try:
        record = json.loads(line)
        schema = json.loads((SCHEMAS / f"{record['type']}.json").read_text())
    except (ValueError, KeyError, TypeError, OSError) as error:
        return [f"{type(error).__name__}: {error}"]
    validator = jsonschema.Draft202012Validator
    validator.check_schema(schema)
    errors = validator(schema).iter_errors(record)
    return [f"{e.json_path}: {e.message}" for e in errors]


def main():
    found = seen = 0
    for number, line in enumerate(sys.stdin, 1):
        seen += 1
        for complaint in complaints(line):
            found += 1
            print(f"line {number}: {complaint}")
    return 0 if seen and not found else 1


sys.exit(main())
