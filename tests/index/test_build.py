"""An index without a model: one is trained as the register goes by, on all of it or on a sample."""

import errno
import json
import random

import pyarrow as pa
import pytest

import linkage
from linkage.errors import InputError, TrainingError
from linkage.segment import build, chunks
from linkage.segment.storage import LOCAL
from tests.segment.registers import generated, trained


def model_of(path):
    index = linkage.open_index(path)
    return json.loads(bytes(index.snapshot.parts[0].segment.array("model")))


def test_a_register_that_is_sampled_whole_gives_the_model_of_a_training(tmp_path):
    register = generated()[0]
    linkage.build_index(tmp_path / "a", register)
    assert model_of(tmp_path / "a") == linkage.train(register).to_dict()


def test_a_sample_does_not_depend_on_the_chunks(tmp_path, monkeypatch):
    register = generated()[0]
    monkeypatch.setattr(build, "SAMPLE", len(register) // 2)
    linkage.build_index(tmp_path / "a", register)
    monkeypatch.setattr(chunks, "CHUNK", 700)
    linkage.build_index(tmp_path / "b", register)
    model = model_of(tmp_path / "a")
    assert model == model_of(tmp_path / "b")
    assert 0 < model["training"]["n_records"] < len(register)


def test_a_date_in_three_columns_and_a_register_that_teaches_nothing(tmp_path):
    draw = random.Random(1)
    names = [f"{draw.choice(['Lê', 'Võ'])} {draw.choice(['An', 'Hà', 'Mai'])}" for _ in range(400)]
    day = {p: [str(draw.randint(1, 12)) for _ in names] for p in ("birth_month", "birth_day")}
    register = pa.table({"name": names, "birth_year": [str(draw.randint(1940, 1999)) for _ in names], **day})
    linkage.build_index(tmp_path / "a", register)
    assert [f["name"] for f in model_of(tmp_path / "a")["schema"]["fields"]] == ["name", "birth_date"]
    with pytest.raises(TrainingError):
        linkage.build_index(tmp_path / "b", register.slice(0, 1))
    assert not list(tmp_path.glob("*b*"))


def test_a_register_of_one_record_is_refused_under_its_own_name(tmp_path):
    file = tmp_path / "people.csv"
    file.write_text("full_name,date_of_birth\nVõ Hà,1/2/1990\n")
    with pytest.raises(TrainingError, match=r"people\.csv: expected at least two records"):
        linkage.build_index(tmp_path / "a", file)


@pytest.mark.parametrize("at", ["write", "create", "sync"])
def test_a_full_disk_is_told_of_the_index_that_was_asked_for(tmp_path, monkeypatch, at):
    """It is built under a hidden name, of which nobody has heard."""
    register, model = generated()[0], trained()

    def fail(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(type(LOCAL), at, fail)
    with pytest.raises(InputError) as caught:
        linkage.build_index(tmp_path / "people.idx", register, model)
    told = str(caught.value)
    assert f"{tmp_path / 'people.idx'}" in told and "No space left" in told and ".partial" not in told
    assert not list(tmp_path.iterdir())
