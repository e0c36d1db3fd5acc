"""What ``make exercise`` follows, which takes root and a network, is what the documents say."""

import subprocess

import pytest

from tests.deploy import exercise, image


@pytest.mark.parametrize("followed", [exercise.of_machine, exercise.of_image], ids=["machine", "image"])
def test_it_can_be_typed(followed):
    for script in followed():
        assert subprocess.run(["bash", "-n"], input=script, text=True, check=False).returncode == 0


def test_every_block_is_followed_and_only_the_first_fetch_anything():
    first, second = exercise.of_machine()

    assert "pip install" in first
    assert "apt-get" in first
    assert not {"pip ", "apt-get", "curl", "certbot"} & set(second.split())
    assert "breachcheck doctor --url" in second


def test_every_step_of_the_image_is_taken():
    first, _ = exercise.of_image()
    runs = [step for stage in image.stages() for step in stage.steps if isinstance(step, str)]

    assert len(runs) == 5
    assert all(step in first for step in runs)
