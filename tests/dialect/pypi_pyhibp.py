"""Asks through the PyPI package pyhibp, as its users do; prints what became of each call as one JSON object."""

import json
import os
import sys

import pyhibp

asked = json.loads(os.environ["ASKED"])
pyhibp.set_user_agent("tests of a client")
pyhibp.set_api_key(asked["apiKey"])


def at(local):
    return f"{local}@{asked['domain']}"


def become(call):
    try:
        return {"value": call()}
    except (RuntimeError, NotImplementedError) as error:
        return {"error": str(error)}


def with_key(key, call):
    pyhibp.set_api_key(key)
    told = become(call)
    pyhibp.set_api_key(asked["apiKey"])
    return told


def exists():
    return pyhibp.get_account_breaches(at("account-exists"))


told = {
    "breaches": become(pyhibp.get_all_breaches),
    "breachesOfDomain": become(lambda: pyhibp.get_all_breaches(domain="adobe.com")),
    "breachesOfNobody": become(lambda: pyhibp.get_all_breaches(domain="nowhere.example")),
    "breach": become(lambda: pyhibp.get_single_breach("Adobe")),
    "breachUnknown": become(lambda: pyhibp.get_single_breach("Nowhere")),
    "dataClasses": become(pyhibp.get_data_classes),
    "whole": become(exists),
    "truncated": become(lambda: pyhibp.get_account_breaches(at("account-exists"), truncate_response=True)),
    "ofDomain": become(lambda: pyhibp.get_account_breaches(at("multiple-breaches"), domain="gawker.com")),
    "verified": become(lambda: pyhibp.get_account_breaches(at("unverified-breach"))),
    "pastes": become(lambda: pyhibp.get_pastes(at("account-exists"))),
    "noAddress": become(lambda: pyhibp.get_account_breaches("nobody")),
    "wrongKey": with_key("0" * 32, exists),
    "spentKey": with_key(asked["spentKey"], exists),
} | {
    local: become(lambda local=local: pyhibp.get_account_breaches(at(local), include_unverified=True))
    for local in asked["accounts"]
}
sys.stdout.write(json.dumps(told))
