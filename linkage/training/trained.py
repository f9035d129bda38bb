"""An estimate of m, u and the classes of relatives -> the Model with its warnings, or a refusal."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from linkage.comparison.program import Comparison, TermFrequencies
from linkage.errors import TrainingError
from linkage.fields.batch import EncodedRecords
from linkage.model.contradictions import Contradiction
from linkage.model.estimate import Estimate
from linkage.model.model import ComparisonParameters, Model
from linkage.model.own_addresses import TOLD_APART
from linkage.model.patterns import Maximiser
from linkage.model.relatives import Relatives
from linkage.percent import percent
from linkage.vietnam.written import written

Array = npt.NDArray[np.float64]

FEW_PAIRS = 1000
"""Up to so many pairs nothing is refused: every estimate rests on expectation."""


def as_model(
    records: EncodedRecords,
    comparisons: list[Comparison],
    shape: Maximiser,
    relatives: list[Relatives],
    e: Estimate,
    centre: list[Array],
    contradictions: list[Contradiction],
    seed: int,
    n_random: int,
    n_candidates: int,
) -> Model:
    """The model of an estimate, with what a reader should know of how it came about."""
    parameters = []
    for i, item in enumerate(comparisons):
        family = [np.clip(shape.table(table, i), 1e-12, 1) for table in e.family]
        parameters.append(
            ComparisonParameters(
                item.name,
                comparisons[shape.parents[i]].name if shape.parents[i] >= 0 else None,
                np.clip(shape.table(e.m, i), 1e-12, 1),
                np.clip(shape.table(e.u, i), 1e-12, 1),
                np.array(family).reshape(len(relatives), *shape.table(e.m, i).shape),
                centre[i],
            )
        )
    expected = e.prior * records.n_total_pairs
    training = {
        "seed": seed,
        "n_records": records.n_records,
        "n_random_pairs": n_random,
        "n_candidate_pairs": n_candidates,
        "expected_matches": float(expected[0]),
        "expected_relatives": {kind.name: float(n) for kind, n in zip(relatives, expected[1:], strict=True)},
        "iterations": e.iterations,
        "converged": e.converged,
        "history": e.history,
        "warnings": _warnings(float(expected[0]), e, contradictions),
    }
    if records.own_addresses:
        training[TOLD_APART] = list(records.own_addresses)
    shares = np.minimum(e.prior, 0.5).tolist()
    kinds = {kind.name: share for kind, share in zip(relatives, shares[1:], strict=True)}
    return Model(records.schema, parameters, shares[0], kinds, training)


OFTEN = 0.1
"""Share of matches that reach a level from which it is one that two records of a person may well agree on."""


def refuse_degenerate(
    e: Estimate,
    shape: Maximiser,
    n_records: int,
    n_pairs: float,
    frequencies: TermFrequencies,
    is_for_lookups: bool,
) -> None:
    """Refuse an estimate that finds everybody; or nobody, unless whoever asks for one person is to choose.

    Raises
    ------
    TrainingError
    """
    evidence = rarest = 0.0
    for i, item in enumerate(shape.comparisons):
        m, u = (shape.table(flat, i)[-1] for flat in (e.m, e.u))
        centre = float(shape.table(e.centre, i)[-1, -1])
        # Years never agree on a whole date: what many matches reach counts as agreement.
        agree = (m >= OFTEN) | (np.arange(len(m)) == len(m) - 1)
        evidence += float(np.log2(m[agree] / u[agree]).max())
        if item.name in frequencies and centre:
            rarest += max(float(np.log2(n_records / 2)) - centre, 0.0)
    best = float(np.log2(e.prior[0])) + evidence + rarest
    says_little = best < 0 or (evidence < np.log2(n_records) and n_pairs > FEW_PAIRS)
    if says_little and not is_for_lookups:
        raise TrainingError(
            "the fields hold too little to tell any two records for the same person: to agree on all"
            f" of them says {evidence:.1f} bits, {n_records} records differ by {np.log2(n_records):.1f}, and"
            f" the best pair stays at {best:.1f}; add fields that tell people apart, or give a model trained"
            " elsewhere"
        )
    if e.prior[0] > 0.5 and n_pairs > FEW_PAIRS:
        raise TrainingError(
            f"training found {percent(e.prior[0])} of all pairs to match: the records hardly differ in the"
            " compared fields; add fields that tell people apart, or give a model trained elsewhere"
        )


def _warnings(n_matches: float, e: Estimate, contradictions: list[Contradiction]) -> list[dict[str, str]]:
    found = [
        {"code": "training_rules_disagree", "message": c.message, "message_vi": c.message_vi}
        for c in contradictions
    ]
    if n_matches < 20:
        found.append(
            {
                "code": "few_matches",
                "message": f"about {n_matches:.1f} matching pairs in the training sample: the weights"
                " rest on prior expectation more than on this data",
                "message_vi": f"khoảng {written(n_matches, '.1f')} cặp khớp trong mẫu huấn luyện: các trọng"
                " số dựa vào điều vẫn thường thấy nhiều hơn vào dữ liệu này",
            }
        )
    if not e.converged:
        found.append(
            {
                "code": "not_converged",
                "message": f"EM still moved after {e.iterations} iterations",
                "message_vi": f"sau {e.iterations} vòng lặp EM vẫn chưa dừng",
            }
        )
    return found
