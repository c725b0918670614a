#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""param-files.py PARAMS OUT FILE...: a parameter file for each template.

The values of PARAMS (a JSON object) that a template declares go to
OUT/<number of the file>.json in the form of the AWS CLI. Files that are no
template get none.
"""
import json
import sys

import yaml


class Loader(yaml.SafeLoader):
    """YAML with CloudFormation's short tags, which are not looked at."""


def untagged(loader, suffix, node):
    if isinstance(node, yaml.ScalarNode):
        return loader.construct_scalar(node)
    if isinstance(node, yaml.SequenceNode):
        return loader.construct_sequence(node, True)
    return loader.construct_mapping(node, True)


Loader.add_multi_constructor("!", untagged)


def declared(path):
    try:
        with open(path, encoding="utf-8") as f:
            document = yaml.load(f, Loader)
    except yaml.YAMLError:
        return None
    if not isinstance(document, dict) or "Resources" not in document:
        return None
    return document.get("Parameters") or {}


def main():
    with open(sys.argv[1], encoding="utf-8") as f:
        values = json.load(f)
    for number, path in enumerate(sys.argv[3:]):
        names = declared(path)
        if names is None:
            continue
        file = [
            {"ParameterKey": k, "ParameterValue": v}
            for k, v in values.items()
            if k in names
        ]
        with open(f"{sys.argv[2]}/{number}.json", "w", encoding="utf-8") as f:
            json.dump(file, f)


main()
